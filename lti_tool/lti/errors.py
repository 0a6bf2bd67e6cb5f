"""The ways a login, a launch or a deep linking answer is refused.

Each error has a stable ``reason``, a short key from which ``lti_tool.web`` makes a page a
teacher can act on, and a ``detail`` that is safe to show: never a token, a state or a name, and
only printable text (a platform's JSON may hold half a surrogate pair, which no page could hold).
"""


class LtiError(Exception):
    """An LTI message was refused. ``reason`` is a short stable key; ``detail`` may be empty."""

    def __init__(self, reason: str, detail: str = "") -> None:
        told = "".join(each if each.isprintable() else "?" for each in detail)
        super().__init__(f"{reason}: {told}" if told else reason)
        self.reason = reason
        self.detail = told


class BadLoginError(LtiError):
    """A login initiation is incomplete or points elsewhere.

    ``login_parameter_missing`` (detail: its name), ``target_not_ours``.
    """


class UnknownPlatformError(LtiError):
    """No platform is registered with this issuer and client id: ``platform_unknown``, or
    ``platform_ambiguous`` when several share the issuer and no client id was sent."""


class PlatformRefusedError(LtiError):
    """The platform answered the login with an OIDC error: ``platform_refused``; the detail is
    its error code, such as ``login_required``."""


class LoginStateError(LtiError):
    """The launch does not belong to a login under way.

    ``state_missing``, ``state_unknown``, ``state_used`` (a replay or a page sent twice),
    ``state_expired``, ``browser_changed``, ``browser_unproven`` (it brought no proof at all).
    """


class BadTokenError(LtiError):
    """The id_token cannot be trusted.

    ``token_missing``, ``token_too_large``, ``token_malformed``, ``token_algorithm``,
    ``token_no_kid``, ``token_critical`` (its ``crit`` header asks for what we do not know),
    ``token_signature``, ``token_issuer``, ``token_audience``, ``token_expired``,
    ``token_from_future``, ``token_too_old``, ``token_nonce``.
    """


class KeySetError(LtiError):
    """The platform's keys: ``keys_unreachable``, ``keys_invalid`` (an error page, no keys), or
    ``key_unknown`` (the token's kid is not among them)."""


class BadClaimError(LtiError):
    """A claim breaks the LTI 1.3 rules; the detail is the claim's short name.

    ``claim_missing``, ``claim_type``, ``claim_value``, ``message_unsupported``,
    ``target_changed`` (the token names another target link than the login),
    ``deployment_changed`` (it names another deployment than the login).
    """


class DeploymentWaitingError(LtiError):
    """The launch is genuine, but its deployment awaits the administrator:
    ``deployment_waiting``. The detail is the deployment id, as ``platform approve`` takes it."""

    def __init__(self, platform: str, deployment_id: str) -> None:
        super().__init__("deployment_waiting", deployment_id)
        self.platform = platform
        self.deployment_id = deployment_id


class DeepLinkingError(LtiError):
    """An answer cannot be built: ``return_url`` (it leads away from the platform),
    ``item`` (a content item breaks the rules; the detail says which field)."""
