from targets import CANARY

open(CANARY + "/open/sitecustomize", "w")
