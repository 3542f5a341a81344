"""Polaris's chain of rights, followed on paper: principal → principal role → catalog role → privilege.

So that a plan of requests can be judged without a Polaris too, and so that a fault is named where it begins. Names and
paths are those of Polaris's management API.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Step = tuple[str, str, Mapping[str, Any]]
CONTENT: Final = "CATALOG_MANAGE_CONTENT"
_TOO_MUCH: Final = {"CATALOG_MANAGE_ACCESS", "CATALOG_MANAGE_METADATA"}
_READS: Final = re.compile(r"(TABLE|VIEW|NAMESPACE)_(LIST|READ_\w+)|CATALOG_READ_PROPERTIES")
_THERE_ALREADY: Final = {"service_admin", "catalog_admin"}
SHAPE: Final = 3


@dataclass
class Rights:
    """Who is there, and who was given what, after the steps so far."""

    catalog: str
    principal: str
    principals: set[str] = field(default_factory=set)
    principal_roles: set[str] = field(default_factory=set)
    catalog_roles: set[str] = field(default_factory=set)
    has_role: set[tuple[str, str]] = field(default_factory=set)
    has_catalog_role: set[tuple[str, str]] = field(default_factory=set)
    privileges: set[tuple[str, str]] = field(default_factory=set)

    def apply(self, method: str, path: str, body: Mapping[str, Any]) -> str | None:
        """Take one step; return why Polaris would refuse it, None if it would not."""
        for wanted, pattern, take in _REQUESTS:
            if match := re.fullmatch(pattern, path):
                if method != wanted:
                    return f"is a {method}; to {'create is a POST' if wanted == 'POST' else 'assign or grant is a PUT'}"
                return take(self, match, body)
        if path.startswith("/api/"):
            return "has a path with `/api/…` in front; the paths begin behind `/api/management/v1`"
        return f"asks for `{path}`, which is no path of Polaris's management API"

    def create_principal(self, _path: re.Match[str], body: Mapping[str, Any]) -> str | None:
        """Who logs in."""
        return _create(self.principals, body, "principal")

    def create_principal_role(self, _path: re.Match[str], body: Mapping[str, Any]) -> str | None:
        """What a principal is here."""
        return _create(self.principal_roles, body, "principalRole")

    def create_catalog_role(self, path: re.Match[str], body: Mapping[str, Any]) -> str | None:
        """What may be done in a catalog."""
        return self._other_catalog(path["catalog"]) or _create(self.catalog_roles, body, "catalogRole")

    def assign_principal_role(self, path: re.Match[str], body: Mapping[str, Any]) -> str | None:
        """Give a principal a role."""
        role = _name(body, "principalRole")
        if path["principal"] not in self.principals:
            return f"gives a role to the principal `{path['principal']}`, which no step before has created"
        if role == "service_admin":
            return "makes the principal a `service_admin`, who may do everything in every catalog"
        if role not in self.principal_roles:
            return f"assigns the principal role `{role}`, which no step before has created: Polaris answers 404"
        self.has_role.add((path["principal"], role))
        return None

    def assign_catalog_role(self, path: re.Match[str], body: Mapping[str, Any]) -> str | None:
        """Give a principal role what a catalog role may do."""
        role = _name(body, "catalogRole")
        if path["role"] not in self.principal_roles:
            return f"assigns to the principal role `{path['role']}`, which no step before has created"
        if role == "catalog_admin":
            return "assigns `catalog_admin`, who may hand out rights to others too; make a catalog role of its own"
        if role not in self.catalog_roles:
            return f"assigns the catalog role `{role}`, which no step before has created: Polaris answers 404"
        self.has_catalog_role.add((path["role"], role))
        return self._other_catalog(path["catalog"])

    def grant(self, path: re.Match[str], body: Mapping[str, Any]) -> str | None:
        """Give a catalog role a privilege."""
        granted = body.get("grant", body)  # Polaris takes both.
        if path["role"] not in self.catalog_roles:
            return f"grants to the catalog role `{path['role']}`, which no step before has created: Polaris answers 404"
        if not isinstance(granted, Mapping) or granted.get("type") != "catalog":
            return "grants something that is not of type `catalog`; the right is one to the whole catalog"
        privilege = str(granted.get("privilege"))
        if privilege in _TOO_MUCH:
            return f"grants `{privilege}`, which is more than tables and namespaces need"
        if privilege != CONTENT and not re.fullmatch(r"(TABLE|VIEW|NAMESPACE|CATALOG|POLICY)_[A-Z_]+", privilege):
            return f"grants `{privilege}`, which is no privilege that Polaris knows: it answers 400"
        self.privileges.add((path["role"], privilege))
        return self._other_catalog(path["catalog"])

    def _other_catalog(self, name: str) -> str | None:
        return None if name == self.catalog else f"is about the catalog `{name}`; asked for was the `catalog` given"

    def missing(self) -> str | None:
        """Return which link of the chain is missing, None if the principal may read and write the content."""
        if self.principal not in self.principals:
            return "no step creates the `principal` that the function was given"
        roles = {role for principal, role in self.has_role if principal == self.principal}
        if not roles:
            return "the principal has no principal role: to create one is not to assign it"
        catalog_roles = {role for holder, role in self.has_catalog_role if holder in roles}
        if not catalog_roles:
            return "the principal's role has no catalog role, so whatever that one may do, the principal may not"
        privileges = {privilege for role, privilege in self.privileges if role in catalog_roles}
        if not privileges:
            return "the catalog role has no privilege: the chain is there, and leads to nothing"
        if all(_READS.fullmatch(privilege) for privilege in privileges):
            return "the principal may look and read, and must write too: `CATALOG_MANAGE_CONTENT` covers both"
        return None


def mistake(steps: object, catalog: str, principal: str) -> str | None:
    """Return what is wrong with a plan, with the number of the step, None if nothing is."""
    if not isinstance(steps, Sequence) or isinstance(steps, str):
        return f"`grant_steps` returned a {type(steps).__name__}; a plan is a `list` of steps"
    rights = Rights(catalog, principal)
    for number, step in enumerate(steps, start=1):
        if not _is_step(step):
            return f"step {number} is no `(method, path, body)`: two texts and a `dict`"
        if refused := rights.apply(*step):
            return f"step {number} {refused}"
    return rights.missing()


def _is_step(step: object) -> bool:
    return (
        isinstance(step, Sequence)
        and len(step) == SHAPE
        and isinstance(step[0], str)
        and isinstance(step[1], str)
        and isinstance(step[2], Mapping)
    )


def _create(known: set[str], body: Mapping[str, Any], kind: str) -> str | None:
    name = _name(body, kind)
    if not name or name in _THERE_ALREADY:
        return f"creates nothing: its body is to be `{{'{kind}': {{'name': …}}}}`"
    if name in known:
        return f"creates `{name}` a second time: Polaris answers 409"
    known.add(name)
    return None


def _name(body: Mapping[str, Any], kind: str) -> str:
    inner = body.get(kind, body)
    return str(inner.get("name", "")) if isinstance(inner, Mapping) else ""


_REQUESTS: Final = (
    ("POST", r"/principals", Rights.create_principal),
    ("POST", r"/principal-roles", Rights.create_principal_role),
    ("POST", r"/catalogs/(?P<catalog>[^/]+)/catalog-roles", Rights.create_catalog_role),
    ("PUT", r"/principals/(?P<principal>[^/]+)/principal-roles", Rights.assign_principal_role),
    ("PUT", r"/principal-roles/(?P<role>[^/]+)/catalog-roles/(?P<catalog>[^/]+)", Rights.assign_catalog_role),
    ("PUT", r"/catalogs/(?P<catalog>[^/]+)/catalog-roles/(?P<role>[^/]+)/grants", Rights.grant),
)
