"""One call to a platform's service with a bearer token.

A token rejected with 401 is dropped and the call made once more with a new one: platforms
restart and forget. Not here: which service, what its answers mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.persistence.platforms import Platform

from .access_tokens import AccessTokens
from .answers import Refused, RetryLater, Trouble
from .http import ForbiddenAddressError, HttpAnswer, PlatformHttp, PlatformUnreachableError


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """One request. ``body`` None makes it a GET, which is retried shortly on network errors;
    a POST or PUT is repeated only after a 401."""

    url: str
    scope: str
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes | None = None


class ServiceCalls:
    """Calls for one deployment; ``deployment`` is the platform's word for it."""

    def __init__(
        self, http: PlatformHttp, tokens: AccessTokens, *, platform: Platform, deployment: str
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._platform = platform
        self._deployment = deployment

    def make(self, call: ServiceCall, *, now: datetime) -> HttpAnswer | Trouble:
        """The answer, whatever its status; trouble where no token or no answer could be had."""
        answer = self._with_token(call, now)
        if isinstance(answer, HttpAnswer) and answer.status == 401:
            answer = self._with_token(call, now)
        return answer

    def _with_token(self, call: ServiceCall, now: datetime) -> HttpAnswer | Trouble:
        scopes = frozenset({call.scope})
        token = self._tokens.token(self._platform, self._deployment, scopes, now=now)
        if not isinstance(token, str):
            return token
        answer = self._once(call, {**call.headers, "Authorization": f"Bearer {token}"})
        if isinstance(answer, HttpAnswer) and answer.status == 401:
            self._tokens.drop(token)
        return answer

    def _once(self, call: ServiceCall, headers: Mapping[str, str]) -> HttpAnswer | Trouble:
        try:
            if call.body is None:
                return self._http.get(call.url, headers=headers)
            return self._http.send(call.method, call.url, headers=headers, body=call.body)
        except PlatformUnreachableError as error:
            return RetryLater("unreachable", None, str(error))
        except ForbiddenAddressError as error:
            return Refused("address_forbidden", None, str(error))
