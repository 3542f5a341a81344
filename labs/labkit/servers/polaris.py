"""Asking Polaris's management API (https://polaris.apache.org): catalogs, principals, roles and grants."""

from typing import Any

import httpx

from labkit.errors import ServerDownError
from services.contracts.settings import Catalog

TIMEOUT_S = 30
_UP = "`lab.platform.run('up', '--only', 'catalog')`, then run this cell again."


def in_use() -> bool:
    """Tell whether the platform's catalog is Polaris; the reference catalog has no management API."""
    return Catalog().kind == "polaris"


class Management:
    """The management API with a token of its own. Paths begin behind `/api/management/v1`."""

    def __init__(self, client_id: str = "", client_secret: str = "") -> None:
        """Log in, by default as `root`. Raises `ServerDownError`."""
        settings = Catalog()
        root_id, _, root_secret = settings.credential.get_secret_value().partition(":")
        self._base = settings.uri.removesuffix("/catalog")
        self._headers: dict[str, str] = {}
        form = {
            "grant_type": "client_credentials",
            "scope": "PRINCIPAL_ROLE:ALL",
            "client_id": client_id or root_id,
            "client_secret": client_secret or root_secret,
        }
        answer = self._request("POST", "/catalog/v1/oauth/tokens", data=form)
        answer.raise_for_status()
        self._headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def send(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Send one request, whatever its answer. Raises `ServerDownError` where there is none."""
        return self._request(method, f"/management/v1{path}", json=body)

    def new_secret(self, principal: str) -> tuple[str, str]:
        """Give a principal another secret, and return its client id and that secret."""
        made = self.send("POST", f"/principals/{principal}/reset", {}).raise_for_status().json()["credentials"]
        return made["clientId"], made["clientSecret"]

    def remove_catalog(self, name: str) -> None:
        """Delete a catalog that is empty but for its roles; one that is not there is as good."""
        roles = self.send("GET", f"/catalogs/{name}/catalog-roles")
        if roles.status_code == httpx.codes.OK:
            for role in roles.json()["roles"]:
                if role["name"] != "catalog_admin":
                    self.send("DELETE", f"/catalogs/{name}/catalog-roles/{role['name']}").raise_for_status()
            self.send("DELETE", f"/catalogs/{name}").raise_for_status()

    def let_root_in(self, catalog: str) -> None:
        """Let a catalog's administrator, which root is, manage its content; else vended credentials are refused."""
        grant = {"grant": {"type": "catalog", "privilege": "CATALOG_MANAGE_CONTENT"}}
        self.send("PUT", f"/catalogs/{catalog}/catalog-roles/catalog_admin/grants", grant).raise_for_status()

    def _request(self, method: str, path: str, **content: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        try:
            return httpx.request(method, self._base + path, headers=self._headers, timeout=TIMEOUT_S, **content)
        except httpx.TransportError as error:
            message = f"Polaris does not answer at {self._base} ({type(error).__name__})"
            raise ServerDownError(message, try_next=_UP) from None


def said(answer: httpx.Response) -> str:
    """Return what Polaris answered, in one line: the code, and its own words where it has some."""
    try:
        return f"{answer.status_code}: {answer.json()['error']['message']}"
    except (ValueError, KeyError, TypeError):
        return str(answer.status_code)
