"""What the policy watches: its rules, and the tables of names, attributes and texts that they watch."""

import re
from dataclasses import dataclass

from RestrictedPython.transformer import INSPECT_ATTRIBUTES


@dataclass(frozen=True)
class Rule:
    """A rule's id, whether it blocks the answer, the rest of the sentence that begins with the name found, and the
    dotted names that it watches wherever they are used."""

    id: str
    blocking: bool
    reason: str
    names: str = ""


FRAME_ACCESS = Rule(
    "frame-access",
    True,
    "reads the interpreter's stack frames; use the arguments that are passed in",
    """sys._getframe sys._getframemodulename sys._current_frames sys._current_exceptions sys.settrace sys.setprofile
    sys.call_tracing sys.monitoring threading.settrace threading.setprofile threading.settrace_all_threads
    threading.setprofile_all_threads inspect.stack inspect.currentframe inspect.trace inspect.getouterframes
    inspect.getinnerframes traceback.walk_stack traceback.walk_tb bdb""",
)
OBJECT_WALK = Rule(
    "object-walk",
    True,
    "walks the interpreter's objects; name what you need instead",
    "gc.get_objects gc.get_referrers gc.get_referents inspect.getclosurevars",
)
CLASS_WALK = Rule("class-walk", False, "walks a class's bases; name the class that you need", "inspect.getmro")
INTERPRETER = Rule(
    "interpreter-internals",
    True,
    "reaches the interpreter's internals; no answer needs it, remove it",
    "__builtins__ __loader__ __build_class__ types.CodeType",
)
DYNAMIC_CODE = Rule(
    "dynamic-code",
    True,
    "makes code that cannot be read beforehand; use a plain import, getattr, setattr or a dict",
    """eval exec compile __import__ importlib.import_module importlib.__import__ importlib.reload importlib.machinery
    importlib.abc importlib.util.spec_from_file_location importlib.util.spec_from_loader importlib._bootstrap
    importlib.util.module_from_spec importlib._bootstrap_external _frozen_importlib _frozen_importlib_external _imp imp
    runpy zipimport codeop code.interact code.InteractiveInterpreter code.InteractiveConsole""",
)
UNPICKLES = Rule(
    "unpickles",
    True,
    "runs code that is hidden in data; write it as plain code",
    "marshal.load marshal.loads",
)
MAY_UNPICKLE = Rule(
    "may-unpickle",
    False,
    "can run code that is hidden in the data; use json, weights_only=True or allow_pickle=False",
    """pickle.load pickle.loads pickle.Unpickler dill.load dill.loads dill.Unpickler cloudpickle.load cloudpickle.loads
    joblib.load pandas.read_pickle shelve.open""",
)
FILE_DESCRIPTOR = Rule(
    "file-descriptor",
    True,
    "works on raw file descriptors; use open() with a relative path",
    """fcntl os.open os.read os.write os.pipe os.pipe2 os.dup os.dup2 os.fdopen os.closerange os.sendfile
    os.memfd_create os.pread os.pwrite os.readv os.writev""",
)
GRADING_ENGINE = Rule(
    "grading-engine",
    True,
    "belongs to the grading engine; an answer stands on its own, remove it",
    "grader sandbox __main__ _pytest pluggy",
)
READS_ENVIRONMENT = Rule(
    "reads-environment",
    False,
    "is read as a whole, and holds nothing of yours; use the arguments that are passed in",
    "os.environ.copy os.environ.items os.environ.keys os.environ.values os.environb",
)
_BY_NAME = (
    *(FRAME_ACCESS, OBJECT_WALK, CLASS_WALK, INTERPRETER, DYNAMIC_CODE, UNPICKLES, MAY_UNPICKLE, FILE_DESCRIPTOR),
    *(GRADING_ENGINE, READS_ENVIRONMENT),
    Rule(
        "starts-process",
        True,
        "starts another process or shares memory with one, which an answer may not do; compute in this one",
        """subprocess _posixsubprocess multiprocessing pty concurrent.futures.process os.system os.popen os.fork
        concurrent.futures.ProcessPoolExecutor asyncio.create_subprocess_exec asyncio.create_subprocess_shell os.forkpty
        os.startfile os.posix_spawn os.posix_spawnp os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp
        os.execvpe os.spawnl os.spawnle os.spawnlp os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe""",
    ),
    Rule(
        "controls-process",
        True,
        "takes hold of the process that runs the answer; return a value or raise an error instead",
        """signal atexit os._exit os.abort os.kill os.killpg os.pidfd_open os.setsid os.setpgid os.setuid os.setgid
        os.unshare os.setns os.chroot os.nice os.setpriority os.sched_setaffinity os.sched_setscheduler
        resource.setrlimit resource.prlimit sys.addaudithook sys.meta_path sys.path_hooks sys.excepthook
        sys.unraisablehook threading.excepthook""",
    ),
    Rule(
        "native-code",
        True,
        "runs native code past Python; use the framework's own operations",
        """ctypes cffi _cffi_backend numpy.ctypeslib pyximport torch.utils.cpp_extension torch.ops.load_library
        torch.classes.load_library tensorflow.load_op_library tensorflow.load_library""",
    ),
    Rule(
        "network",
        True,
        "opens network connections, and the sandbox has no network; remove it",
        """socket socketserver ftplib telnetlib smtplib poplib imaplib nntplib http.client http.server xmlrpc websocket
        websockets paramiko asyncio.open_connection asyncio.start_server asyncio.open_unix_connection
        asyncio.start_unix_server""",
    ),
    Rule(
        "needs-network",
        False,
        "needs a network, and the sandbox has none; keep what it fetches beside the answer",
        "requests urllib.request urllib3 httpx aiohttp torch.hub webbrowser gdown wget kagglehub",
    ),
    Rule(
        "changes-files",
        False,
        "changes files, and an answer has only its own scratch folder",
        """os.remove os.unlink os.rmdir os.removedirs os.rename os.renames os.replace os.chmod os.chown os.symlink
        os.link os.mkfifo os.mknod shutil.rmtree shutil.move""",
    ),
    Rule(
        "ends-process",
        False,
        "ends the worker, and the case that is running fails; return or raise an error",
        "exit quit sys.exit",
    ),
    Rule("waits-for-input", False, "waits for a person, and nobody answers; remove it", "input breakpoint pdb ipdb"),
    Rule(
        "starts-thread",
        False,
        "starts a thread, and work done after the call has returned is lost; wait for it",
        "threading.Thread threading.Timer _thread concurrent.futures.ThreadPoolExecutor",
    ),
    Rule(
        "module-table",
        False,
        "reaches modules that the answer has not imported; import what you need",
        "sys.modules",
    ),
)
SHORT_CUT = Rule("short-cut", True, "is a short cut that this question forbids; write that part yourself")
COMPUTED_NAME = Rule("computed-name", True, "is asked for a name known only when it runs; write the name out")
HIDDEN_ATTRIBUTE = Rule("hidden-attribute", True, "reaches the interpreter's internals from a string; remove it")
SYSTEM_PATH = Rule("system-path", True, "is a path of the system; use the arguments and relative paths")
TOO_COMPLEX = Rule(
    "too-complex", True, "is too large or too deeply nested to be screened; keep data in files and split it up"
)
COMPUTED_MEMBER = Rule("computed-member", False, "is asked for a member known only when it runs; write the name out")
NAMES_INTERNALS = Rule("names-internals", False, "names the interpreter's internals; a person looks at its use")
NAMES_SHORT_CUT = Rule("names-short-cut", False, "names a forbidden short cut; a person looks at its use")
LITERAL_CODE = Rule("literal-code", False, "runs code kept in a string; write it as plain code")
PATCHES_LIBRARY = Rule("patches-library", False, "is changed, which never alters how the answer is compared; remove it")
WRITES_OUTSIDE = Rule("writes-outside", False, "lies outside the answer's folder; write to a relative path")
READS_OUTSIDE = Rule("reads-outside", False, "lies outside the answer's folder; keep what it reads beside the answer")
TEST_DETECTION = Rule("test-detection", False, "tells whether a test runner is at work, and none is here; remove it")
WORKER_PROCESSES = Rule("worker-processes", False, "starts processes, which the sandbox refuses; use num_workers=0")
FINALIZER = Rule("finalizer", False, "runs when nobody waits for it, so what it does is lost; do it in the call")
UNASKED_FILE = Rule(
    "unasked-file", False, "is a file that Python or a test runner would load unasked, and nothing here does; remove it"
)

NAMES = {name: rule for rule in _BY_NAME for name in rule.names.split()}
HARMLESS = frozenset(
    {
        "multiprocessing",
        "multiprocessing.cpu_count",
        "multiprocessing.current_process",
        "multiprocessing.set_sharing_strategy",
        "multiprocessing.set_start_method",
    }
)
"""Names that no rule watches, though one watches what they lie in, or everything else that lies in them."""

_INTERNALS = {
    **dict.fromkeys(INSPECT_ATTRIBUTES, FRAME_ACCESS),
    "__subclasses__": OBJECT_WALK,
    **dict.fromkeys(
        ("__globals__", "__builtins__", "__code__", "__closure__", "__loader__", "cell_contents"), INTERPRETER
    ),
}
ATTRIBUTES = _INTERNALS | dict.fromkeys(("__bases__", "__base__", "__mro__"), CLASS_WALK)
"""The attributes that are watched on any object."""

SENSITIVE_MODULES = frozenset({"builtins", "gc", "importlib", "inspect", "multiprocessing", "os", "sys"})
"""Modules whose members must be named in full, since some are refused."""

_EITHER = "|".join(sorted(_INTERNALS))
INTERNAL_NAME = re.compile(rf"\b(?:{_EITHER})\b")
INTERNAL_FIELD = re.compile(rf"\{{[^{{}}]*[.\[](?:{_EITHER})\b")
# Of /dev and /run only what exists there: "/dev/" and "/run/" are also parts of honest paths of data and logs.
SYSTEM_LOCATION = re.compile(
    r"(?:/(?:proc|sys|etc|var/run)"
    r"|/run/(?:containerd|docker|lock|secrets|systemd|user)[\w.]*"
    r"|/dev/(?:fd|fuse|full|k?mem|kvm|mqueue|nvidia\w*|port|ptmx|pts|random|shm|stdin|tty\w*|zero)"
    r"|(?:~/)?\.(?:aws|docker|kube|ssh))(?:/|$)"
)
OUTSIDE_LOCATION = re.compile(r"/(?!dev/null$)|~|(?:.*/)?\.\.(?:/|$)|[A-Za-z]:[/\\]")
ENGINE_VARIABLE = re.compile(r"GRADER_[A-Z_]+$")
TEST_VARIABLE = "PYTEST_CURRENT_TEST"
UNASKED_FILES = re.compile(r"(?:.*/)?(?:conftest|sitecustomize|usercustomize)\.py$")
