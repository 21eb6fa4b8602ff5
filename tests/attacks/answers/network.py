# /// attack
# title = "connects, listens, sends and resolves, by every family"
# aim = "to send out what it found, or to be called from outside"
# source = "write-ups about Gradescope"
# refused = true
# checked = "sockets of the host, by port, by path and by abstract name, were never connected to"
# ///
import socket
import urllib.request

from targets import ABSTRACT, PORT, UNIX, attempt, call

PLACES = [
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORT)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", PORT)),
    (socket.AF_INET, socket.SOCK_RAW, ("127.0.0.1", PORT)),
    (socket.AF_INET6, socket.SOCK_STREAM, ("::ffff:127.0.0.1", PORT)),
    (socket.AF_UNIX, socket.SOCK_STREAM, UNIX),
    (socket.AF_UNIX, socket.SOCK_STREAM, "\0" + ABSTRACT),
    (socket.AF_UNIX, socket.SOCK_STREAM, "/var/run/docker.sock"),
    (socket.AF_NETLINK, socket.SOCK_RAW, (0, 0)),
    (socket.AF_VSOCK, socket.SOCK_STREAM, (2, 1024)),
    (socket.AF_PACKET, socket.SOCK_RAW, ("lo", 0)),
]


def connect(family, kind, address):
    with socket.socket(family, kind) as opened:
        opened.connect(address)
        opened.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return opened.recv(100)


def listen(family, kind, address):
    with socket.socket(family, kind) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.listen()


def by_a_pair(address):
    one, other = socket.socketpair()
    one.connect(address)


def by_an_own_descriptor(fd, address):
    opened = socket.socket(fileno=fd)
    try:
        opened.sendto(b"x", address)
    finally:
        opened.detach()


for place in PLACES:
    attempt(connect, *place)
    attempt(listen, *place)
attempt(by_a_pair, UNIX)
attempt(by_a_pair, "\0" + ABSTRACT)
for fd in range(3, 8):
    attempt(by_an_own_descriptor, fd, "\0" + ABSTRACT)
    attempt(by_an_own_descriptor, fd, UNIX)
attempt(urllib.request.urlopen, f"http://127.0.0.1:{PORT}/", timeout=1)
attempt(socket.getaddrinfo, "localhost", PORT)
attempt(socket.gethostbyname, "example.org")
for family in (1, 2, 10, 15, 16, 17, 27, 38, 40, 44):
    attempt(call, 41, family, 3, 0)
    attempt(call, 53, family, 1, 0, 0)
