def additive_attention(query, keys, values, params, mask=None):
    """query [B, Q], keys [B, T, K], values [B, T, V], params wq [Q, H], wk [K, H], v [H], mask [B, T] or None.

    Returns context [B, V] and weights [B, T].
    """
    raise NotImplementedError


def build_model(vocab_size, d_model, num_classes):
    """A classifier of texts that pools its tokens by attention. Token 0 is padding."""
    raise NotImplementedError


def train(model, ids, labels, epochs, seed):
    """ids [N, T], labels [N]. Returns the trained model."""
    raise NotImplementedError


def predict(model, ids):
    """ids [N, T]. Returns probabilities [N, C]."""
    raise NotImplementedError


def attention_weights(model, ids):
    """ids [N, T]. Returns the weights by which the model pools the tokens, [N, T]."""
    raise NotImplementedError
