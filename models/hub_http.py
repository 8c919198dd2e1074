"""The request for a model's archive: bounded in time, and every refusal explained."""

import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from models.errors import ModelUnavailableError
from models.hub_limits import DownloadLimits
from models.model_spec import ModelSpec

if TYPE_CHECKING:
    import requests

T = TypeVar("T")
_LATER = "Try again later, or choose a model that is on this machine."
_NETWORK = "Check the network, or choose a model that is on this machine."


def open_archive(spec: ModelSpec, handle: str, limits: DownloadLimits) -> "requests.Response":
    """Request ``handle`` in compressed form and return the open answer, a good one.

    Raises:
        ModelUnavailableError: not reachable, too slow, refused, or not an archive.
    """
    response = _request(spec, handle, limits)
    try:
        _check_answer(spec, response, handle)
    except ModelUnavailableError:
        response.close()
        raise
    return response


def announced_length(response: "requests.Response") -> int | None:
    """Return the answer's length in bytes, or None when the server does not say."""
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _request(spec: ModelSpec, handle: str, limits: DownloadLimits) -> "requests.Response":
    import requests

    host = urlsplit(handle).hostname or handle
    session = requests.Session()
    try:
        _reach(session, handle, limits.connect_seconds)
        return _within(
            limits.answer_seconds,
            lambda: session.get(
                handle,
                params={"tf-hub-format": "compressed"},
                # The archive is compressed already; a second layer would hide its length.
                headers={"Accept-Encoding": "identity"},
                stream=True,
                timeout=(limits.connect_seconds, min(limits.answer_seconds, limits.stall_seconds)),
            ),
        )
    except (TimeoutError, requests.Timeout) as error:
        problem = f"cannot be downloaded, because {host} does not answer in time"
        raise ModelUnavailableError(spec.title, "timeout", problem, _LATER) from error
    except requests.exceptions.SSLError as error:
        problem = f"was not downloaded, because no secure connection to {host} can be made (certificate or protocol)"
        remedy = "Check the address, and the clock and the certificates of this server."
        raise ModelUnavailableError(spec.title, "no_network", problem, remedy) from error
    except (OSError, ValueError) as error:  # what requests raises is an OSError, a malformed address a ValueError
        problem = f"cannot be downloaded, because {host} cannot be reached from this server"
        raise ModelUnavailableError(spec.title, "no_network", problem, _NETWORK) from error


def _reach(session: "requests.Session", handle: str, seconds: float) -> None:
    """Connect to the server, or to the proxy in front of it, and hang up; ConnectionError when it takes too long.

    Name look-ups know no time limit, and a name may have several dead addresses, each with a limit of its own:
    without this, a server that is offline would keep a person waiting for a minute.
    """
    from requests.utils import select_proxy

    proxies = session.merge_environment_settings(handle, {}, True, None, None)["proxies"]
    address = urlsplit(select_proxy(handle, proxies) or handle)
    port = address.port or (80 if address.scheme == "http" else 443)
    try:
        _within(seconds, lambda: socket.create_connection((address.hostname, port), seconds)).close()
    except TimeoutError as error:
        raise ConnectionError(f"{address.hostname} was not reached within {seconds} s") from error


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Run ``work`` in a thread of its own and give up after ``seconds`` with TimeoutError."""
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run, name="model-download", daemon=True)
    thread.start()
    thread.join(seconds)
    if failure:
        raise failure[0]
    if not outcome:
        raise TimeoutError
    return outcome[0]


def _check_answer(spec: ModelSpec, response: "requests.Response", handle: str) -> None:
    status, host = response.status_code, urlsplit(handle).hostname
    if handle.startswith("https:") and not response.url.startswith("https:"):
        raise ModelUnavailableError(
            spec.title, "forbidden", f"was not downloaded, because {host} leads to an unencrypted address", _LATER
        )
    if status in (401, 403, 407, 451):
        raise ModelUnavailableError(
            spec.title, "forbidden", f"cannot be downloaded: {host} refuses it ({status})", _LATER
        )
    if status in (404, 410):
        raise ModelUnavailableError(
            spec.title,
            "not_found",
            f"does not exist at {handle} ({status})",
            "Check the address and the version at its end, or choose another model.",
        )
    if status != 200:
        raise ModelUnavailableError(spec.title, "no_network", f"cannot be downloaded: {host} answers {status}", _LATER)
    if response.headers.get("Content-Type", "").startswith("text/html"):
        # What a sign-in page or the portal of a guest network looks like.
        raise ModelUnavailableError(
            spec.title,
            "forbidden",
            f"cannot be downloaded: {host} answers with a web page instead of the model",
            _LATER,
        )
