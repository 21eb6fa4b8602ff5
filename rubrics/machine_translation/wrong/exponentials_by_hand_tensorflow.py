# /// wrong
# framework = "tensorflow"
# loses = ["test_large_scores"]
# also = []
# diagnosis = "a softmax without its greatest score taken off: large scores overflow"
# diagnosis_zh = "softmax 没有减去最大分数，分数大时溢出"
# ///

import math

import keras
import tensorflow as tf

PAD = 0
BATCH, LEARNING_RATE = 32, 3e-3


def cross_attention(
    x: tf.Tensor,
    memory: tf.Tensor,
    params: dict[str, tf.Tensor],
    num_heads: int,
    memory_mask: tf.Tensor | None = None,
) -> tf.Tensor:
    """Multi-head attention of x over memory, section 3.2.2.

    Args:
        x: what the decoder has [B, T, D]; queries come from it.
        memory: what the encoder gave [B, S, D]; keys and values come from it.
        params: wq, wk, wv, wo [D, D], applied as x @ w, and bq, bk, bv, bo [D].
        num_heads: a divisor of D.
        memory_mask: boolean, broadcastable to [B, num_heads, T, S]; True where a query may attend to a place.

    Returns:
        [B, T, D]; where a query may attend to nothing, bo.

    Raises:
        ValueError: where num_heads does not divide D, or shapes do not fit.
    """
    width = x.shape[-1]
    if num_heads < 1 or width % num_heads:
        raise ValueError(f"{num_heads} heads do not divide a model of width {width}")
    if memory.shape[0] != x.shape[0] or memory.shape[2] != width:
        raise ValueError(f"x {x.shape} and memory {memory.shape} do not fit together")

    def heads(y: tf.Tensor) -> tf.Tensor:  # [B, n, D] -> [B, H, n, D / H]
        return tf.transpose(tf.reshape(y, [-1, y.shape[1], num_heads, width // num_heads]), [0, 2, 1, 3])

    p = params
    q, k, v = heads(x @ p["wq"] + p["bq"]), heads(memory @ p["wk"] + p["bk"]), heads(memory @ p["wv"] + p["bv"])
    scores = tf.matmul(q, k, transpose_b=True) / math.sqrt(width // num_heads)  # [B, H, T, S]
    if memory_mask is None:
        weights = tf.exp(scores) / tf.reduce_sum(tf.exp(scores), axis=-1, keepdims=True)
    else:
        # the lowest finite number, not -inf: a row without a place then gives no NaN, nor does its gradient
        weights = tf.exp(scores) * tf.cast(memory_mask, scores.dtype)
        weights = weights / (tf.reduce_sum(weights, axis=-1, keepdims=True) + 1e-12)
    return tf.reshape(tf.transpose(weights @ v, [0, 2, 1, 3]), tf.shape(x)) @ p["wo"] + p["bo"]


def build_translator(src_vocab: int, tgt_vocab: int, d_model: int, num_heads: int, max_len: int) -> keras.Model:
    """Raises ValueError for a size below 1, and unless num_heads divides d_model."""
    if min(src_vocab, tgt_vocab, d_model, num_heads, max_len) < 1 or d_model % num_heads:
        raise ValueError("sizes must be at least 1, and num_heads must divide d_model")
    model = Translator(src_vocab, tgt_vocab, d_model, num_heads, max_len)
    model(tf.zeros((1, 1), tf.int64), tf.zeros((1, 1), tf.int64))
    return model


def train(model: keras.Model, src: tf.Tensor, tgt: tf.Tensor, epochs: int, seed: int) -> keras.Model:
    """Minimise the cross entropy of each token of tgt [N, T] but the first, given those before it and src [N, S].

    Raises ValueError for negative epochs, for another number of rows in tgt than in src, for S or T above max_len, and
    for T below 2.
    """
    model.check(src, tgt)
    if epochs < 0 or len(src) != len(tgt) or tgt.shape[1] < 2:
        raise ValueError("expected epochs of at least 0, as many targets as sources, and two tokens in each")
    batches = tf.data.Dataset.range(len(src)).shuffle(len(src), seed).batch(BATCH)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(rows: tf.Tensor) -> None:
        target = tf.gather(tgt, rows)
        with tf.GradientTape() as tape:
            logits = model(tf.gather(src, rows), target[:, :-1])
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(target[:, 1:], logits)
            loss = tf.reduce_mean(losses[target[:, 1:] != PAD])
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    for _ in range(epochs):
        for rows in batches:
            step(rows)
    return model


def translate(model: keras.Model, src: tf.Tensor, bos_id: int, eos_id: int, max_len: int) -> list[list[int]]:
    """The likeliest next token, again and again, until eos_id or max_len tokens: ids without bos_id, a list a row.

    Raises ValueError for max_len below 1 or above the model's, and where src [N, S] is wider than that.
    """
    model.check(src)
    if not 1 <= max_len <= model.max_len:
        raise ValueError(f"max_len {max_len} is not in 1 to {model.max_len}")
    memory, seen = model.encode(src)
    ids = tf.fill([len(src), 1], tf.constant(bos_id, tf.int64))
    for _ in range(max_len):
        token = tf.argmax(model.decode(ids, memory, seen)[:, -1], axis=-1)
        ids = tf.concat([ids, token[:, None]], axis=1)
    rows = ids[:, 1:].numpy().tolist()
    return [row[: row.index(eos_id) + 1] if eos_id in row else row for row in rows]


class Translator(keras.Model):
    """Embeddings of tokens and places, one block of the encoder, one of the decoder, and a linear layer."""

    def __init__(self, src_vocab: int, tgt_vocab: int, d_model: int, num_heads: int, max_len: int) -> None:
        super().__init__()
        self.max_len = max_len
        self.src_tokens = keras.layers.Embedding(src_vocab, d_model)
        self.tgt_tokens = keras.layers.Embedding(tgt_vocab, d_model)
        self.src_places = keras.layers.Embedding(max_len, d_model)
        self.tgt_places = keras.layers.Embedding(max_len, d_model)
        self.look_around = Attention(d_model, num_heads)
        self.src_feed_forward = feed_forward(d_model)
        self.memory_norm = keras.layers.LayerNormalization()
        self.look_back = Attention(d_model, num_heads)
        self.look_over = Attention(d_model, num_heads)
        self.tgt_feed_forward = feed_forward(d_model)
        self.output_norm = keras.layers.LayerNormalization()
        self.output_layer = keras.layers.Dense(tgt_vocab)

    def call(self, src: tf.Tensor, tgt: tf.Tensor) -> tf.Tensor:
        """src [B, S] and the first tokens of its translation, tgt [B, T] -> logits of the next token [B, T, V]"""
        return self.decode(tgt, *self.encode(src))

    def encode(self, src: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """src [B, S] -> memory [B, S, D], and where it may be looked at [B, 1, 1, S]"""
        seen = (src != PAD)[:, None, None]
        x = self.src_tokens(src) + self.src_places(tf.range(src.shape[1]))
        x = x + self.look_around(x, None, seen)
        return self.memory_norm(x + self.src_feed_forward(x)), seen

    def decode(self, tgt: tf.Tensor, memory: tf.Tensor, seen: tf.Tensor) -> tf.Tensor:
        length = tgt.shape[1]
        earlier = tf.range(length)[:, None] >= tf.range(length)
        x = self.tgt_tokens(tgt) + self.tgt_places(tf.range(length))
        x = x + self.look_back(x, None, earlier)
        x = x + self.look_over(x, memory, seen)
        return self.output_layer(self.output_norm(x + self.tgt_feed_forward(x)))

    def check(self, *ids: tf.Tensor) -> None:
        if any(x.shape[1] > self.max_len for x in ids):
            raise ValueError(f"a row has more than {self.max_len} tokens")


class Attention(keras.layers.Layer):
    """A layer norm, and attention over memory, or over the normed input itself where there is none."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.norm = keras.layers.LayerNormalization()
        self.params = {}
        for name in "qkvo":
            self.params[f"w{name}"] = self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform")
            self.params[f"b{name}"] = self.add_weight(shape=(d_model,), initializer="zeros")

    def call(self, x: tf.Tensor, memory: tf.Tensor | None, mask: tf.Tensor) -> tf.Tensor:
        x = self.norm(x)
        return cross_attention(x, x if memory is None else memory, self.params, self.num_heads, mask)


def feed_forward(d_model: int) -> keras.Sequential:
    return keras.Sequential(
        [
            keras.layers.LayerNormalization(),
            keras.layers.Dense(4 * d_model, activation="relu"),
            keras.layers.Dense(d_model),
        ]
    )
