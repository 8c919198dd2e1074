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
    unreachable = ModelUnavailableError(
        spec.title,
        "no_network",
        f"cannot be downloaded, because {host} cannot be reached from this server",
        "Check the network, or choose a model that is on this machine.",
    )
    too_slow = ModelUnavailableError(
        spec.title,
        "timeout",
        f"cannot be downloaded, because {host} does not answer in time",
        "Try again later, or choose a model that is on this machine.",
    )
    session = requests.Session()
    proxies = session.merge_environment_settings(handle, {}, True, None, None)["proxies"]
    address = urlsplit(requests.utils.select_proxy(handle, proxies) or handle)
    port = address.port or (80 if address.scheme == "http" else 443)
    try:
        # Name look-ups know no time limit, and a name may have several dead addresses, each with a limit of its own.
        _within(
            limits.connect_seconds,
            lambda: socket.create_connection((address.hostname, port), limits.connect_seconds).close(),
        )
    except (OSError, TimeoutError) as error:
        raise unreachable from error
    try:
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
        raise too_slow from error
    except requests.exceptions.SSLError as error:
        raise ModelUnavailableError(
            spec.title,
            "no_network",
            f"was not downloaded, because the certificate of {host} cannot be verified",
            "Check the clock and the certificates of this server, or choose a model that is on this machine.",
        ) from error
    except requests.RequestException as error:
        raise unreachable from error


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
    other = "Try again later, or choose a model that is on this machine."
    if handle.startswith("https:") and not response.url.startswith("https:"):
        raise ModelUnavailableError(
            spec.title, "forbidden", f"was not downloaded, because {host} leads to an unencrypted address", other
        )
    if status in (401, 403, 407, 451):
        raise ModelUnavailableError(
            spec.title, "forbidden", f"cannot be downloaded: {host} refuses it ({status})", other
        )
    if status in (404, 410):
        raise ModelUnavailableError(
            spec.title,
            "not_found",
            f"does not exist at {handle} ({status})",
            "Check the address and the version at its end, or choose another model.",
        )
    if status != 200:
        raise ModelUnavailableError(spec.title, "no_network", f"cannot be downloaded: {host} answers {status}", other)
    if response.headers.get("Content-Type", "").startswith("text/html"):
        # What a sign-in page or the portal of a guest network looks like.
        raise ModelUnavailableError(
            spec.title, "forbidden", f"cannot be downloaded: {host} answers with a web page instead of the model", other
        )
