"""Tokenizers small enough to be committed: byte-level BPE as causal models and BART have it, unigram as T5 has it."""

import math
from collections import Counter

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SENTENCES = """The soup was cold and the waiter was rude. A wonderful film, warm and funny from the first minute.
My headphones broke after two days; do not buy them! Great value: the battery lasts all week.
Is it good? It's fine, I think. The room smelled of smoke. We'll come back again, and bring our friends.
topic: animals, plants, food, weather. sentiment: positive, negative. Prices rose 12% in 2024."""
TEXTS = ["review: The film was great! sentiment:", "  two spaces, a tab\tand a line\nend", "naïve café ☕ 12.5%", "positive", ""]


def bart_tokenizer() -> Tokenizer:
    """Every text begins with <s> and ends with </s>."""
    tokenizer = byte_level_tokenizer(False, ["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer


def byte_level_tokenizer(bos: bool, special=("<unk>", "<s>", "</s>")) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=288, special_tokens=list(special), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(SENTENCES.splitlines(), trainer)
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", 1)])
    return tokenizer


def unigram_pieces(count: int) -> list[tuple[str, float]]:
    """Every character and the substrings that save most, with log probabilities; tokenizers' own trainer is not reproducible."""
    words = [f"\u2581{word}" for word in SENTENCES.split()]
    found = Counter(word[i:j] for word in words for i in range(len(word)) for j in range(i + 1, min(i + 7, len(word) + 1)))
    single = sorted(piece for piece in found if len(piece) == 1)
    several = sorted((piece for piece in found if len(piece) > 1), key=lambda piece: (-found[piece] * len(piece), piece))
    chosen = single + several[:count]
    total = sum(found[piece] for piece in chosen)
    return [(piece, math.log(found[piece] / total)) for piece in chosen]


def unigram_tokenizer() -> Tokenizer:
    special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(special + unigram_pieces(60), unk_id=2))
    tokenizer.add_special_tokens([piece for piece, _ in special])
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    return tokenizer
