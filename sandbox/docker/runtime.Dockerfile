# The engine's untrusted half on top of the packages. Everything that a container may do is decided when it is made.
ARG PACKAGES
FROM ${PACKAGES}
COPY sandbox /opt/engine/sandbox
ENTRYPOINT ["/opt/runtime/bin/python", "-I", "-c", \
    "import sys; sys.path.insert(0, '/opt/engine'); from sandbox import relay; relay.main()"]
