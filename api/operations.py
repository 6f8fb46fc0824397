"""Declares operations of the API: address, access, schemas of the request, shape of the answer, statuses of refusals.

One declaration serves the request and the OpenAPI document, so that the two cannot differ. Schemas validate requests.
Answers are built by hand, because a schema would copy them at several times the cost; tests check them against the
documented shapes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, cast

import flask_smorest
from flask import Request, Response
from marshmallow import Schema

from engine.errors import InvalidInput
from server.answer import Answer
from server.context import this_request
from server.identity import Access, identify
from server.strict_json import read_object
from server.values import checked

View = Callable[..., Answer]
Handler = Callable[..., Response]

COMMON = (400, 405, 414, 431, 500, 503)
OF_ACCESS = {Access.PUBLIC: (), Access.LINK: (404,), Access.STAFF: (401,), Access.ADMIN: (401, 403)}

IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag of the dossier as it was read.",
    "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,8}"$', "example": '"1"'},
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A random value; repeating the request with it gets the first answer and changes nothing.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
}
ETAG = {"ETag": {"description": "The version of the dossier.", "schema": {"type": "string"}}}
LINK = {"Link": {"description": 'The next page: <…>; rel="next" (RFC 8288).', "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "Where the new thing stands.", "schema": {"type": "string"}}}
REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true` when this is the answer given before.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gives:
    """A successful answer: its status, the shape of its JSON body (None: no JSON) and its headers.

    ``media`` lists the media types of a body without a shape.
    """

    status: int = 200
    shape: type[Schema] | Schema | None = None
    headers: Mapping[str, Any] | None = None
    media: Sequence[str] = ()
    description: str = "Done."


class Resource(flask_smorest.Blueprint):  # type: ignore[misc]  # its base has no types
    """A group of operations on one resource, shown under one heading of the documentation."""

    ACCESS: ClassVar[dict[Callable[..., Any], Access]] = {}
    """The access rule of each declared view, for the test that walks all routes."""
    HOT: ClassVar[dict[str, View]] = {}
    """What is answered before Flask (``server.direct``), by endpoint: a declared view with its checks."""

    def operation(
        self,
        method: str,
        rule: str,
        *,
        access: Access,
        gives: Gives | Sequence[Gives],
        body: type[Schema] | None = None,
        body_optional: bool = False,
        upload: type[Schema] | None = None,
        signed: type[Schema] | None = None,
        query: type[Schema] | None = None,
        refuses: Sequence[int] = (),
        if_match: bool | Literal["optional"] = False,
        key: str = "",
        hot: bool = False,
    ) -> Callable[[View], View]:
        """Declares a view. ``key`` is ``required`` or ``optional`` where an Idempotency-Key is taken, else ''. The view
        gets the values of the path and the validated ``query`` and ``body`` by name; it reads itself what ``upload``
        documents, a multipart body, and ``signed``, JSON whose very bytes are signed. ``hot``: answered before Flask.
        """
        loaders = _Loaders(query() if query else None, body() if body else None, body_optional)
        documented = _documentation(
            access=access,
            gives=[gives] if isinstance(gives, Gives) else list(gives),
            body=body or signed,
            body_optional=body_optional,
            upload=upload,
            query=query,
            refuses=refuses,
            if_match=if_match,
            key=key,
        )

        def declare(view: View) -> View:
            return self._add(method, rule, view, _checked(view, access, loaders), access, hot, documented)

        return declare

    def _add(
        self,
        method: str,
        rule: str,
        view: View,
        answer: View,
        access: Access,
        hot: bool,
        documented: Mapping[str, Any],
    ) -> View:
        """Adds a view to Flask, by way of ``answer``, which checks access, query and body before it."""
        handle = self._described(view.__name__, documented)(_handler(view, answer))
        self.ACCESS[handle] = access
        if hot:
            self.HOT[f"{self.name}.{view.__name__}"] = answer
        self.add_url_rule(rule, view.__name__, handle, methods=[method])
        return view

    def _described(self, name: str, documented: Mapping[str, Any]) -> Callable[[Handler], Handler]:
        """Adds a view's documentation to its handler, under the id ``resource.view``."""
        described = self.doc(**documented, operationId=f"{self.name}.{name}".replace("-", "_"))
        return cast(Callable[[Handler], Handler], described)


def _checked(view: View, access: Access, loaders: _Loaders) -> View:
    """Checks access, and loads query and body, before the view runs."""

    def answer(**path: Any) -> Answer:
        identify(access, path.get("token"))
        return view(**path, **loaders.load())

    return answer


def _handler(view: View, answer: View) -> Handler:
    """Wraps a view for Flask."""

    def handle(**path: Any) -> Response:
        return answer(**path).response()

    handle.__name__ = view.__name__
    handle.__doc__ = view.__doc__
    return handle


@dataclass(frozen=True, slots=True)
class _Loaders:
    query: Schema | None
    body: Schema | None
    body_optional: bool

    def load(self) -> dict[str, Any]:
        loaded: dict[str, Any] = {}
        request = this_request()
        arguments = _query_values(request)
        if self.query is not None:
            loaded["query"] = checked(self.query, arguments)
        elif arguments:
            raise InvalidInput(dict.fromkeys(arguments, "Unknown field."))
        if self.body is not None:
            given = read_object(request, required=not self.body_optional)
            request.environ["motcua.body_digest"] = hashlib.sha256(repr(given).encode()).digest()
            loaded["body"] = checked(self.body, given)
        return loaded


def _query_values(request: Request) -> dict[str, str]:
    if not request.query_string:
        return {}
    values = request.args.to_dict(flat=False)
    if "" in values:
        raise InvalidInput({"query": "Unknown field."})  # a value without a name
    if twice := [name for name, given in values.items() if len(given) > 1]:
        raise InvalidInput(dict.fromkeys(twice, "Given twice."))
    return {name: given[0] for name, given in values.items()}


def _documentation(
    *,
    access: Access,
    gives: list[Gives],
    body: type[Schema] | None,
    body_optional: bool,
    upload: type[Schema] | None,
    query: type[Schema] | None,
    refuses: Sequence[int],
    if_match: bool | Literal["optional"],
    key: str,
) -> dict[str, Any]:
    statuses = {*COMMON, *OF_ACCESS[access], *refuses}
    if body or query:
        statuses |= {422}
    if body or upload:
        statuses |= {413, 415}
    if if_match:
        statuses |= {409, 412} if if_match == "optional" else {409, 412, 428}
    if key:
        statuses |= {422}
    parameters: list[Any] = [{"in": "query", "schema": query}] if query else []
    parameters += [{**IF_MATCH, "required": if_match is True}] if if_match else []
    parameters += [{**IDEMPOTENCY_KEY, "required": key == "required"}] if key else []
    responses: dict[str, Any] = {str(status): "Problem" for status in sorted(statuses | {422})}
    for one in gives:
        responses[str(one.status)] = _success(one, bool(key))
    documented: dict[str, Any] = {"responses": responses, "x-access": access.value}
    if parameters:
        documented["parameters"] = parameters
    if access in (Access.STAFF, Access.ADMIN):
        documented["security"] = [{"bearer": []}]
    if body:
        documented["requestBody"] = {
            "required": not body_optional,
            "content": {"application/json": {"schema": body}},
        }
    if upload:
        documented["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": upload}}}
    return documented


def _success(gives: Gives, replayable: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"description": gives.description}
    headers = {**(gives.headers or {}), **(REPLAYED if replayable else {})}
    if headers:
        made["headers"] = headers
    if gives.shape is not None:
        made["content"] = {"application/json": {"schema": gives.shape}}
    elif gives.media:
        made["content"] = {media: {"schema": {"type": "string"}} for media in gives.media}
    return made
