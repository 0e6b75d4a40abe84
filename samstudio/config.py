"""Settings: everything that an operator can choose, from ``SAMSTUDIO_*`` in the environment.

They are only read and checked here; the composition root (`samstudio.project`) applies them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_cache_path
from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS = ("password", "token")
"""Fields that only the server needs: neither shown nor passed to a job's process."""


def _of_length(least: int) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < least:
            raise ValueError(f"use {least} characters or more")
        return secret

    return AfterValidator(check)


class Settings(BaseSettings):
    """An immutable set of settings; each field is the variable ``SAMSTUDIO_<NAME>``."""

    # An empty variable counts as not set: `SAMSTUDIO_PASSWORD=` must never mean an empty password.
    model_config = SettingsConfigDict(
        env_prefix="SAMSTUDIO_",
        frozen=True,
        extra="forbid",
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    storage: Path = Field(
        Path("storage"), description="Folder for the database, images, embeddings and decoders."
    )
    database_url: str | None = Field(
        None, description="SQLAlchemy URL; by default a SQLite file `studio.db` in the storage folder."
    )
    database_copy: Path | None = Field(
        None,
        description="Where a SQLite database is copied while the app runs, and restored from: "
        "for volumes that cannot hold a live one.",
    )
    model: str = Field(
        "vit_t",
        description="Which Segment Anything to serve: a name in the registry `samstudio.sam.specs.MODELS`, "
        "which `samstudio weights --help` lists.",
    )
    checkpoint: Path | None = Field(
        None, description="A local segment-anything `.pth` or `.safetensors` to use as this model's weights."
    )
    weights_dir: Path = Field(
        default_factory=lambda: user_cache_path("samstudio") / "weights",
        description="Where downloaded weights are cached, shared by all storage folders.",
    )
    device: str = Field("auto", description="`auto` (CUDA where there is one), `cpu`, or `cuda:N`.")
    threads: int | None = Field(None, ge=1, description="CPU threads for the model; by default one a core.")
    host: str = Field("127.0.0.1", description="Address the app listens on.")
    port: int = Field(7860, ge=0, le=65535, description="Port the app listens on; 0 picks a free one.")
    password: Annotated[SecretStr, _of_length(8)] | None = Field(
        None, description="What people type on the login page; 8 characters at least."
    )
    token: Annotated[SecretStr, _of_length(16)] | None = Field(
        None, description="What scripts send as `Authorization: Bearer …`; 16 characters at least."
    )
    open: bool = Field(
        False, description="Let everyone in who can reach the address, without password or token."
    )
    allowed_hosts: str = Field(
        "", description="Names, split by commas, under which the app may be asked for besides its address."
    )
    allowed_users: str = Field(
        "",
        description="On a Space: Hugging Face users and organisations, by commas; by default the owner.",
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="Lines for people, or one JSON object a line."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least important kind of log line that is written."
    )
    embedding_cache_mb: int = Field(
        256, ge=8, description="Memory for embeddings of recent images (2 MB each); the rest stay on disk."
    )
    max_upload_mb: int = Field(200, ge=1, description="Largest file accepted as one image.")
    max_import_mb: int = Field(
        4096, ge=1, description="Largest file accepted in an import: an archive, an annotation file, a stack."
    )
    max_image_megapixels: float = Field(
        100.0, gt=0, description="Largest image accepted, in millions of pixels."
    )
    max_pages: int = Field(1000, ge=1, description="Most images that one file of several pages may bring in.")
    trash_days: int = Field(
        30, ge=0, description="Days until an image in the trash is deleted for good; 0: only by hand."
    )
    tune_max_seconds: float = Field(
        100.0,
        gt=0,
        description="Seconds a tuning job may spend encoding, training and judging, unless it sets its own.",
    )
    watch_rollback: bool = Field(
        True,
        description="Go back by itself to the version before when new objects show the live one to be worse.",
    )
    docs_url: Annotated[str, Field(pattern=r"^(https?://.+)?$")] = Field(
        "", description="Where the documentation is served; verdicts then link to what to do."
    )
    job_stale_seconds: float = Field(
        30.0, gt=0, description="Seconds of silence after which a job's worker counts as lost."
    )

    @property
    def resolved_database_url(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{(self.storage / 'studio.db').absolute()}"

    def to_environment(self) -> dict[str, str]:
        """Return these settings as environment variables, for a child process that is to have the same ones.

        The `SECRETS` are left out: they are the server's credentials, and no job needs them.
        """
        chosen = self.model_dump(mode="json", exclude_none=True, exclude=set(SECRETS))
        chosen["storage"] = str(self.storage.absolute())
        return {f"SAMSTUDIO_{name.upper()}": str(value) for name, value in chosen.items()}


def listed(text: str) -> frozenset[str]:
    """Split a comma-separated setting into its names, in lower case."""
    return frozenset(name.strip().lower() for name in text.split(",") if name.strip())
