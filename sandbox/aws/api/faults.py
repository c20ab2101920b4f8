"""What tests make go wrong: POST /_sandbox/faults with JSON, DELETE takes all back."""

import threading
from dataclasses import dataclass, field


@dataclass
class Faults:
    """Errors to answer with, by action; how long an import takes, and what it fails with."""

    errors: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    import_seconds: float = 1.0
    import_error: str | None = None

    def set(self, request: dict[str, object]) -> None:
        if "importSeconds" in request:
            self.import_seconds = float(str(request["importSeconds"]))
        if "importError" in request:
            error = request["importError"]
            self.import_error = None if error is None else str(error)
        if "action" in request:
            fault = (str(request["code"]), str(request["message"]))
            times = int(str(request.get("times", 1)))
            self.errors.setdefault(str(request["action"]), []).extend([fault] * times)

    def take(self, action: str) -> tuple[str, str] | None:
        with _lock:
            waiting = self.errors.get(action, [])
            return waiting.pop(0) if waiting else None


_lock = threading.Lock()
current = Faults()


def reset() -> None:
    current.__init__()  # type: ignore[misc]
