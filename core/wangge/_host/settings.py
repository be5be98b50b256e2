"""The server's own settings: `WANGGE_*` in the environment, or flags of the command line."""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from wangge._host.files.media import KNOWN

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")


class Settings(BaseSettings):
    """How this server runs. Each field is the environment variable `WANGGE_` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="WANGGE_", env_ignore_empty=True)

    data: Path = Field(default=Path(".wangge"), description="Folder of the embedded databases and keys.")
    catalog_url: str | None = Field(
        default=None, description="PostgreSQL URL of the catalog; absent, it is a file in the data folder."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, description="Port to listen on.")
    workers: int = Field(default=1, ge=1, description="Server processes.")
    jwks_url: str | None = Field(default=None, description="Where the identity provider publishes its keys.")
    jwt_audience: str = Field(default="wangge", description="Audience that tokens must carry.")
    jwt_issuer: str | None = Field(
        default=None, description="Issuer that tokens must carry, if one is named."
    )
    signing_key: SecretStr | None = Field(
        default=None, description="Key of embedded tokens; absent, it is a file in the data folder."
    )
    encryption_keys: SecretStr | None = Field(
        default=None,
        description="Key ring for personal values as JSON; absent, it is a file in the data folder.",
    )
    graphiql: bool = Field(default=True, description="Whether browsers are shown the explorer.")
    introspection: bool = Field(default=True, description="Whether the signed-in may introspect.")
    cors_origins: str | None = Field(
        default=None,
        description="Origins whose pages may ask this server from a browser, with commas between.",
    )
    page_default: int = Field(
        default=25, ge=1, description="Objects on a page where the caller names no size."
    )
    page_max: int = Field(default=100, ge=1, description="Most objects on a page.")
    body_limit: int = Field(default=1024 * 1024, description="Largest request body in bytes.")
    document_limit: int = Field(default=64 * 1024, description="Largest GraphQL document in bytes.")
    limit_tokens: int = Field(default=1000, ge=1, description="Most tokens of a document.")
    limit_depth: int = Field(default=20, ge=1, description="Most levels of an operation.")
    limit_introspection_depth: int = Field(default=30, ge=1, description="Most levels of an introspection.")
    limit_aliases: int = Field(default=30, ge=0, description="Most aliases of an operation.")
    limit_directives: int = Field(default=50, ge=0, description="Most directives of an operation.")
    limit_root_fields: int = Field(default=20, ge=1, description="Most root fields of an operation.")
    limit_root_mutations: int = Field(default=10, ge=1, description="Most mutations of an operation.")
    limit_operations: int = Field(default=10, ge=1, description="Most operations of a document.")
    limit_variables: int = Field(default=100, ge=0, description="Most variables of an operation.")
    limit_overlaps: int = Field(
        default=20_000, ge=1, description="Most comparisons of fields that share a name."
    )
    limit_fields: int = Field(
        default=500, ge=1, description="Most fields of an operation, fragments expanded."
    )
    limit_cost: int = Field(
        default=10_000, ge=1, description="Most nodes that an operation may be estimated at."
    )
    cost_list: int = Field(
        default=10, ge=1, description="Nodes that a list counts as whose length is not known before."
    )
    rate_budget: int = Field(
        default=600_000, ge=0, description="Nodes per minute, account and process; 0 sets no bound."
    )
    rate_budget_anonymous: int = Field(
        default=60_000, ge=0, description="The same for all without a token at one address together."
    )
    request_timeout: float = Field(default=10.0, gt=0, description="Seconds a request may take.")
    trusted_documents: Literal["off", "prefer", "only"] = Field(
        default="off",
        description="Whether registered documents alone run; `prefer` logs the others.",
    )
    persisted_cache: int = Field(
        default=500, ge=0, description="Documents kept for clients that name them by hash, per district."
    )
    body_timeout: float = Field(default=10.0, gt=0, description="Seconds that a request's body may take.")
    file_limit: int = Field(default=10 * 1024 * 1024, ge=1, description="Largest uploaded file in bytes.")
    file_timeout: float = Field(default=60.0, gt=0, description="Seconds that the upload of a file may take.")
    file_types: str = Field(
        default=",".join(KNOWN), description="Media types of the files that are taken, with commas between."
    )
    files_waiting: int = Field(
        default=100, ge=1, description="Most files of one account that wait to be attached to something."
    )
    statement_timeout: float = Field(
        default=30.0, gt=0, description="Seconds after which PostgreSQL itself ends a server's statement."
    )
    sql_plans: bool = Field(
        default=True, description="Whether reads are compiled to SQL; without, graphql-core serves all."
    )
    schema_cache: int = Field(default=64, ge=1, description="Composed schemas kept in memory.")
    document_cache: int = Field(default=1024, ge=1, description="Validated documents kept in memory.")
    database_pool: int = Field(default=8, ge=1, description="Connections per district and process.")
    catalog_poll: float = Field(
        default=1.0, gt=0, description="Seconds between looks at the catalog's version."
    )
    metrics: bool = Field(default=True, description="Whether `/metrics` is served, for Prometheus.")
    metrics_token: SecretStr | None = Field(
        default=None, description="Bearer token that `/metrics` asks for; absent, it asks for none."
    )
    traces_endpoint: str | None = Field(
        default=None, description="OTLP/HTTP address that traces are sent to; absent, none are made."
    )
    plugin_timeout: float = Field(
        default=5.0,
        gt=0,
        description="Seconds that a programme's field may take; half of it, a capability.",
    )
    plugin_hook_timeout: float = Field(
        default=60.0, gt=0, description="Seconds that a programme's hook may take."
    )
    plugin_stall: float = Field(
        default=1.0, gt=0, description="Seconds for which a programme may keep the server from all else."
    )
    plugin_load_timeout: float = Field(
        default=30.0, gt=0, description="Seconds that a programme may take to load when the server starts."
    )
    plugin_failures: int = Field(
        default=10,
        ge=1,
        description="Failures that pause a programme in a district; hanging counts 3.",
    )
    plugin_window: float = Field(default=60.0, gt=0, description="Seconds within which they count.")
    plugin_rest: float = Field(
        default=30.0, gt=0, description="Seconds for which a programme is paused before it is tried again."
    )
    jobs: bool = Field(default=True, description="Whether this server does the work that is due by itself.")
    jobs_poll: float = Field(default=60.0, gt=0, description="Seconds between looks for work that is due.")
    jobs_at_once: int = Field(
        default=4, ge=1, description="Handlers and jobs that run at a time in a process, of all districts."
    )
    retry_first: float = Field(
        default=10.0, gt=0, description="Seconds until failed work is first tried again; then doubled."
    )
    retry_longest: float = Field(
        default=3600.0, gt=0, description="Most seconds between two attempts at failed work."
    )
    retry_attempts: int = Field(
        default=10, ge=1, description="Attempts after which failed work is dead: kept, and left alone."
    )
    grace: float = Field(
        default=15.0, ge=0, description="Seconds that open requests are given when the server stops."
    )
    event_poll: float = Field(
        default=1.0, gt=0, description="Seconds between looks at the outbox of a district that is followed."
    )
    subscription_limit: int = Field(default=50, ge=1, description="Operations at a time on one socket.")
    subscription_backlog: int = Field(
        default=10_000, ge=1, description="Events that a subscriber may fall behind before it is dropped."
    )
    subscription_patience: float = Field(
        default=10.0, ge=0, description="Seconds that a subscriber may leave a message untaken."
    )
    socket_init_timeout: float = Field(
        default=10.0, gt=0, description="Seconds in which a new socket must send its connection_init."
    )
    message_limit: int = Field(default=1024 * 1024, description="Largest message of a socket in bytes.")
    log_level: str = Field(default="info", description="debug, info, warning or error.")
    log_json: bool = Field(default=False, description="Log as JSON lines, for collectors.")

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins of `cors_origins`."""
        return tuple(one.strip() for one in (self.cors_origins or "").split(",") if one.strip())

    @property
    def taken_files(self) -> tuple[str, ...]:
        """The media types of `file_types`."""
        return tuple(one.strip() for one in self.file_types.split(",") if one.strip())

    @field_validator("file_types")
    @classmethod
    def _known_types(cls, value: str) -> str:
        for one in value.split(","):
            if one.strip() and one.strip() not in KNOWN:
                raise ValueError(f"{one.strip()!r} is none of what can be told: {', '.join(KNOWN)}")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _exact(cls, value: str | None) -> str | None:
        """Insist on whole origins as browsers send them; a pattern would let in more than one thinks."""
        for one in (value or "").split(","):
            if one.strip() and not _ORIGIN.fullmatch(one.strip()):
                raise ValueError(
                    f"{one.strip()!r} is no origin: write it as https://app.example or http://localhost:5173"
                )
        return value
