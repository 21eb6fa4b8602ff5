# /// attack
# title = "lets TensorFlow's kernels read, write and list files outside"
# aim = "native code that opens files past Python"
# framework = "tensorflow"
# refused = true
# ///
import os

import tensorflow as tf

from targets import CANARY, PLANTED, SECRET, attempt

attempt(tf.io.read_file, SECRET)
attempt(tf.io.write_file, CANARY + "/open/file", "planted")
attempt(tf.io.write_file, "/tmp/" + PLANTED, "planted")
attempt(tf.io.matching_files, CANARY + "/*")
attempt(tf.io.gfile.listdir, CANARY)
attempt(tf.io.gfile.copy, SECRET, "copy", overwrite=True)
attempt(tf.io.gfile.rmtree, CANARY + "/open")
attempt(tf.load_op_library, SECRET)
attempt(lambda: tf.raw_ops.Restore(file_pattern=SECRET, tensor_name="x", dt=tf.float32))
attempt(lambda: list(tf.data.TextLineDataset(SECRET)))
attempt(lambda: tf.py_function(lambda: os.listdir(CANARY), [], tf.string))


@tf.function
def double(x):
    return tf.strings.to_number(tf.io.read_file(SECRET)) * x
