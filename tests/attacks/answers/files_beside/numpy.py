from targets import CANARY

open(CANARY + "/open/numpy", "w")
float32 = ndarray = object
