"""The ways the domain refuses. Each error is a small named class carrying what its reader needs.

Messages here are for logs and developers; ``lti_tool.web.errors`` turns each class into a
page in the reader's language.
"""


class DomainError(Exception):
    """Something asked of the domain that its rules do not allow. Nothing was changed."""


class UnknownStandardError(DomainError):
    """No standard of this code or version is installed."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no standard {name!r}")
        self.name = name


class UnknownRequirementError(DomainError):
    """The standard has no such level or requirement code."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no requirement or level {name!r}")
        self.name = name


class BadAssessmentError(DomainError):
    """An assessment's set-up breaks a rule. ``field`` names the form field at fault."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class TransitionError(DomainError):
    """A submission cannot go from its present state to the one asked for."""

    def __init__(self, state: str, action: str) -> None:
        super().__init__(f"cannot {action} a submission that is {state}")
        self.state = state
        self.action = action


class AttemptsUsedError(DomainError):
    """The learner has used all attempts of the assessment."""

    def __init__(self, allowed: int) -> None:
        super().__init__(f"all {allowed} attempts are used")
        self.allowed = allowed


class PastDueError(DomainError):
    """The assessment is past its due time and takes no late work."""


class EmptySubmissionError(DomainError):
    """A submission without any evidence cannot be handed in."""


class BadEvidenceError(DomainError):
    """A piece of evidence is refused. ``reason`` is a short key, ``detail`` what was found."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class NotInAssessmentError(DomainError):
    """A rating, a self-rating or evidence names a code that the assessment does not cover."""

    def __init__(self, code: str) -> None:
        super().__init__(f"requirement {code!r} is not part of this assessment")
        self.code = code


class BadRatingError(DomainError):
    """A rating breaks a rule of the rubric, for example a red line without a reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class BadCommentError(DomainError):
    """A sentence cannot be kept in the comment bank. ``reason`` is a short key."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"comment bank: {reason}")
        self.reason = reason


class ReviewRefusedError(DomainError):
    """A review of a rating cannot be asked for, or answered, like this."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"review: {reason}")
        self.reason = reason


class SecondMarkingRefusedError(DomainError):
    """This step of a second marking is not possible, or not for this person."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"second marking: {reason}")
        self.reason = reason


class PeerRefusedError(DomainError):
    """A student cannot look at others' works, or go on with one, like this."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"peers: {reason}")
        self.reason = reason


class BadPeerPlanError(DomainError):
    """A plan for peer rating breaks a rule. ``field`` names the form field or the code at fault."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class StaleRatingError(DomainError):
    """Somebody else rated this requirement since the page was opened."""

    def __init__(self, code: str) -> None:
        super().__init__(f"requirement {code!r} was rated by somebody else meanwhile")
        self.code = code


class StaleFormError(DomainError):
    """The thing on the form was changed since the form was opened."""


class NotAllowedError(DomainError):
    """The person's roles do not permit this."""


class NotFoundError(DomainError):
    """Nothing by this name that the person may see."""


class NotMetError(DomainError):
    """A level cannot be signed off because the rule is not met."""


class NotSignedOffError(DomainError):
    """There is no sign-off in force to revoke."""


class NothingToExportError(DomainError):
    """Nothing matches the filter of an export."""


class ErasureRefusedError(DomainError):
    """Somebody cannot be erased. ``reason`` is a value of ``personal_data.Refusal``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ReasonMissingError(DomainError):
    """The decision needs a reason in words, and none was given."""


class BadAccessTokenError(DomainError):
    """An access token cannot be made like this. ``field`` names the field at fault."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
