from targets import CANARY

open(CANARY + "/open/msgpack", "w")
