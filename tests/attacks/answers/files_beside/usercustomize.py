from targets import CANARY

open(CANARY + "/open/usercustomize", "w")
