from targets import CANARY

open(CANARY + "/open/init", "w")
