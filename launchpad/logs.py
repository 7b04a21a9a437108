"""JSON logs on stderr: one object a line, with ids and never a name, an address or a token."""

import logging
import sys
import time

import structlog

_requests = logging.getLogger("launchpad.requests")


def configure(level: int = logging.INFO) -> None:
    """Send everything that is logged, ours and the libraries', through one JSON formatter."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
        foreign_pre_chain=shared,
    )
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(formatter)
    logging.basicConfig(handlers=[stream], level=level, force=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def answered(method: str, route: str | None, status: int, begun: float) -> None:
    """Log that a request was answered, which began at that `time.perf_counter()`.

    By its route, never by its address: addresses hold tokens.
    """
    ms = round((time.perf_counter() - begun) * 1000, 1)
    _requests.info("request", extra={"method": method, "route": route, "status": status, "ms": ms})
