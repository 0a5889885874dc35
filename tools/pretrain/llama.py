"""A Llama small enough to read in one go, in plain torch, and its way in and out of GGUF.

Only what this recipe needs: no cache, no dropout, one sequence layout (causal, padded on the right, so that no mask is needed:
a token never looks at the padding behind it).
"""

from dataclasses import dataclass, replace

import gguf
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Config:
    layers: int
    width: int
    heads: int
    key_value_heads: int
    feed_forward: int
    vocabulary: int
    rope_theta: float
    epsilon: float

    @property
    def head_width(self) -> int:
        return self.width // self.heads


def rotary_tables(config: Config, length: int) -> tuple[Tensor, Tensor]:
    frequency = config.rope_theta ** (-torch.arange(0, config.head_width, 2).float() / config.head_width)
    angle = torch.outer(torch.arange(length).float(), frequency)
    angle = torch.cat([angle, angle], dim=-1)
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    turned = torch.cat([-x[..., half:], x[..., :half]], dim=-1)
    return x * cosine.to(x.dtype) + turned * sine.to(x.dtype)


class RmsNorm(nn.Module):
    def __init__(self, width: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x.float(), (x.shape[-1],), self.weight.float(), self.epsilon).to(x.dtype)


class Block(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.config = c
        self.attn_norm = RmsNorm(c.width, c.epsilon)
        self.attn_q = nn.Linear(c.width, c.heads * c.head_width, bias=False)
        self.attn_k = nn.Linear(c.width, c.key_value_heads * c.head_width, bias=False)
        self.attn_v = nn.Linear(c.width, c.key_value_heads * c.head_width, bias=False)
        self.attn_output = nn.Linear(c.heads * c.head_width, c.width, bias=False)
        self.ffn_norm = RmsNorm(c.width, c.epsilon)
        self.ffn_gate = nn.Linear(c.width, c.feed_forward, bias=False)
        self.ffn_up = nn.Linear(c.width, c.feed_forward, bias=False)
        self.ffn_down = nn.Linear(c.feed_forward, c.width, bias=False)

    def forward(self, x: Tensor, rotary: tuple[Tensor, Tensor]) -> Tensor:
        batch, length, _ = x.shape
        c = self.config

        def heads(y: Tensor, count: int) -> Tensor:
            return y.view(batch, length, count, c.head_width).transpose(1, 2)

        y = self.attn_norm(x)
        q = rotate(heads(self.attn_q(y), c.heads), *rotary)
        k = rotate(heads(self.attn_k(y), c.key_value_heads), *rotary)
        v = heads(self.attn_v(y), c.key_value_heads)
        group = c.heads // c.key_value_heads
        k, v = k.repeat_interleave(group, dim=1), v.repeat_interleave(group, dim=1)
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.attn_output(attended.transpose(1, 2).reshape(batch, length, -1))
        y = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(y)) * self.ffn_up(y))


class Llama(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.token_embd = nn.Embedding(config.vocabulary, config.width)
        self.blk = nn.ModuleList([Block(config) for _ in range(config.layers)])
        self.output_norm = RmsNorm(config.width, config.epsilon)

    def embed(self, ids: Tensor) -> Tensor:
        return self.token_embd(ids)

    def body(self, x: Tensor) -> Tensor:
        """Input embeddings [batch, length, width] -> what the head reads, same shape."""
        rotary = rotary_tables(self.config, x.shape[1])
        for block in self.blk:
            x = block(x, rotary)
        return self.output_norm(x)

    def head(self, hidden: Tensor) -> Tensor:
        return F.linear(hidden, self.token_embd.weight.to(hidden.dtype))

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.body(self.embed(ids)))


def interleaved(weight: np.ndarray, heads: int) -> np.ndarray:
    """Rows of a query or key projection as llama.cpp wants them: rotary pairs side by side instead of half a head apart."""
    rows = weight.shape[0]
    return weight.reshape(heads, 2, rows // heads // 2, -1).swapaxes(1, 2).reshape(weight.shape)


def halved(weight: np.ndarray, heads: int) -> np.ndarray:
    """The inverse of `interleaved`."""
    rows = weight.shape[0]
    return weight.reshape(heads, rows // heads // 2, 2, -1).swapaxes(1, 2).reshape(weight.shape)


def read_gguf(path: str) -> Llama:
    """A model from a GGUF file, every weight dequantised to float32."""
    reader = gguf.GGUFReader(path)

    def value(key: str):
        return reader.fields[f"llama.{key}"].contents()

    tensors = {tensor.name: tensor for tensor in reader.tensors}
    config = Config(
        layers=value("block_count"),
        width=value("embedding_length"),
        heads=value("attention.head_count"),
        key_value_heads=value("attention.head_count_kv"),
        feed_forward=value("feed_forward_length"),
        vocabulary=int(tensors["token_embd.weight"].shape[1]),
        rope_theta=value("rope.freq_base"),
        epsilon=value("attention.layer_norm_rms_epsilon"),
    )
    with torch.device("meta"):  # no time is spent on random weights that are replaced at once
        model = Llama(config)
    state = {}
    for name, tensor in tensors.items():
        weight = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        if name.endswith("attn_q.weight"):
            weight = halved(weight, config.heads)
        if name.endswith("attn_k.weight"):
            weight = halved(weight, config.key_value_heads)
        state[name] = torch.from_numpy(np.ascontiguousarray(weight))
    model.load_state_dict(state, assign=True)
    return model.eval().requires_grad_(False)


def cut(model: Llama, layers: list[int], kept_tokens: list[int] | None = None) -> Llama:
    """A copy with only these layers, and only these rows of the embedding."""
    rows = model.token_embd.weight if kept_tokens is None else model.token_embd.weight[torch.tensor(kept_tokens)]
    with torch.device("meta"):
        small = Llama(replace(model.config, layers=len(layers), vocabulary=len(rows)))
    state = {"token_embd.weight": rows.clone(), "output_norm.weight": model.output_norm.weight.clone()}
    for target, source in enumerate(layers):
        for name, weight in model.blk[source].state_dict().items():
            state[f"blk.{target}.{name}"] = weight.clone()
    small.load_state_dict(state, assign=True)
    return small.eval().requires_grad_(False)
