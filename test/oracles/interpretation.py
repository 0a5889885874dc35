"""Writes test/fixtures/interpretation/: what numpy, scipy, scikit-learn and transformers compute.

Run with numpy, scipy, scikit-learn, torch, transformers and safetensors installed: `python test/oracles/interpretation.py`.
  geometry.json  a matrix of 24 rows in four groups, its singular values, principal components, Ward clusters, silhouettes, quantiles
  hidden.json    log-probabilities of tiny models with one virtual token masked from attention; positions as without a mask
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import pdist
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from transformers import AutoModelForCausalLM, T5ForConditionalGeneration

FIXTURES = Path(__file__).parent.parent / "fixtures"
OUTPUT = FIXTURES / "interpretation"
# Rotary and learned positions, windows, softcap. OPT is not among them: there transformers counts positions by the mask.
CAUSAL = ("llama-tied", "gpt2", "gemma2", "mistral")


def geometry() -> dict:
    random = np.random.default_rng(5)
    centres = random.normal(size=(4, 10)) * 2
    rows = np.concatenate([centre + random.normal(size=(6, 10)) * 0.8 for centre in centres]).astype(np.float32)
    exact = rows.astype(np.float64)
    singular = np.linalg.svd(exact, compute_uv=False)
    shares = singular / singular.sum()
    pca = PCA(svd_solver="full").fit(exact)
    unit = exact / np.linalg.norm(exact, axis=1, keepdims=True)
    tree = linkage(pdist(unit), "ward")
    clusters = {k: fcluster(tree, k, "maxclust").tolist() for k in range(2, 9)}
    return {
        "rows": rows.tolist(),
        "singularValues": singular.tolist(),
        "effectiveRank": float(np.exp(-(shares * np.log(shares)).sum())),
        "explained": pca.explained_variance_ratio_.tolist(),
        "scores": np.abs(pca.transform(exact)[:, :2]).tolist(),
        "ward": clusters,
        "silhouettes": {k: float(silhouette_score(unit, labels)) for k, labels in clusters.items()},
        "assignments": assignments(),
        "quantiles": [[share, float(np.quantile(exact[:, 0], share))] for share in (0, 0.25, 0.5, 0.99, 1)],
    }


def assignments() -> list[dict]:
    """The rule of docs/inspection.md: any cosine (below 0 as 0) at the own position, 0.9 or more at another, no partner counts 0."""
    random = np.random.default_rng(11)
    found = [np.array([[0.89, 0.901], [0.5, 0.89]])]
    for shape in [(3, 3), (5, 5), (6, 4), (4, 7), (8, 8), (12, 12)]:
        for spread in (0.3, 1.0):
            base = random.normal(size=(3, 6))
            a, b = (base[random.integers(0, 3, rows)] + spread * random.normal(size=(rows, 6)) for rows in shape)
            a, b = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (a, b))
            found.append(np.round(a @ b.T, 6))
    result = []
    for cosines in found:
        own = np.eye(*cosines.shape, dtype=bool)
        worth = np.where(own, np.maximum(cosines, 0), np.where(cosines >= 0.9, cosines, 0))
        result.append({"cosines": cosines.tolist(), "sum": float(worth[linear_sum_assignment(worth, maximize=True)].sum())})
    return result


def masked_scores(name: str, family) -> dict:
    folder = FIXTURES / "models" / name
    model = family.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    prompt = load_file(folder / "expected.safetensors")["prompt"]
    requests = next(each for each in json.loads((folder / "expected.json").read_text())["scoring"] if each["prompt"])["requests"]
    hidden = [[masked_sums(model, prompt, request, position) for request in requests] for position in range(len(prompt))]
    return {"requests": requests, "hidden": hidden}


@torch.no_grad()
def masked_sums(model, prompt: torch.Tensor, request: dict, position: int) -> list[float]:
    sums = []
    for target in request["targets"]:
        seq2seq = model.config.is_encoder_decoder
        ids = torch.tensor([request["inputIds"] + ([] if seq2seq else target)], dtype=torch.long)
        inputs = torch.cat([prompt[None], model.get_input_embeddings()(ids)], dim=1)
        length = inputs.shape[1]
        mask = torch.ones(1, length, dtype=torch.long)
        mask[0, position] = 0
        if seq2seq:
            logits = model(inputs_embeds=inputs, attention_mask=mask, labels=torch.tensor([target])).logits[0]
        else:
            positions = torch.arange(length)[None]
            logits = model(inputs_embeds=inputs, attention_mask=mask, position_ids=positions).logits[0, length - len(target) - 1 : -1]
        chosen = torch.log_softmax(logits.double(), -1).gather(1, torch.tensor(target)[:, None])
        sums.append(chosen.sum().item())
    return sums


def main() -> None:
    torch.set_num_threads(1)
    OUTPUT.mkdir(exist_ok=True)
    hidden = {name: masked_scores(name, AutoModelForCausalLM) for name in CAUSAL}
    hidden["t5-v1.1"] = masked_scores("t5-v1.1", T5ForConditionalGeneration)
    for file, value in {"geometry.json": geometry(), "hidden.json": hidden}.items():
        (OUTPUT / file).write_text(json.dumps(value) + "\n")


main()
