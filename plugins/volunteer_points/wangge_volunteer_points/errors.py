"""Everything this programme refuses on purpose, by subject; each error says what to do next."""

from wangge import RuleError


class VolunteerPointsError(RuleError):
    """Base of the refusals of this programme."""


class TextUnfit(VolunteerPointsError):
    """Raise when a text is empty or longer than it may be."""

    code = "VOLUNTEER_POINTS_TEXT_UNFIT"
    message = "Give a text of 1 to {most} characters."


class NumberOutOfRange(VolunteerPointsError):
    """Raise when a number is smaller or greater than it may be."""

    code = "VOLUNTEER_POINTS_NUMBER_OUT_OF_RANGE"
    message = "Give a number from {least} to {most}."


# Volunteers and teams


class AlreadyVolunteer(VolunteerPointsError):
    """Raise when a person is registered a second time."""

    code = "VOLUNTEER_POINTS_ALREADY_VOLUNTEER"
    message = "This person is a volunteer already: open the existing record."


class NotVolunteer(VolunteerPointsError):
    """Raise when someone acts as a volunteer without being one."""

    code = "VOLUNTEER_POINTS_NOT_VOLUNTEER"
    message = "Register as a volunteer first."


class ApplicationMissing(VolunteerPointsError):
    """Raise when someone is registered by another without their own signed application."""

    code = "VOLUNTEER_POINTS_APPLICATION_MISSING"
    message = (
        "Nobody is registered against their will: give the number of the application this person signed."
    )


class PersonMissing(VolunteerPointsError):
    """Raise when an account without a person of its own does not say who is meant."""

    code = "VOLUNTEER_POINTS_PERSON_MISSING"
    message = "Your account belongs to no resident: name the person."


class GuardianConsentMissing(VolunteerPointsError):
    """Raise when a minor would take part without a guardian's consent."""

    code = "VOLUNTEER_POINTS_GUARDIAN_CONSENT_MISSING"
    message = (
        "Who is under {age} is registered by a guardian, or by staff with the guardian's written consent."
    )


class AdultsOnly(VolunteerPointsError):
    """Raise when a minor, or someone of unknown age, would take part in dangerous service."""

    code = "VOLUNTEER_POINTS_ADULTS_ONLY"
    message = "This service is dangerous and open to adults only: choose another one."


class NotTeamMember(VolunteerPointsError):
    """Raise when only a member of the team may do this."""

    code = "VOLUNTEER_POINTS_NOT_TEAM_MEMBER"
    message = "Only members of the team may do this: join the team first."


class NotTeamLeader(VolunteerPointsError):
    """Raise when someone other than the team's leader answers for the team."""

    code = "VOLUNTEER_POINTS_NOT_TEAM_LEADER"
    message = "Only the team's own leader may answer for the team: nobody can be assigned."


class AlreadyMember(VolunteerPointsError):
    """Raise when a volunteer joins a team twice."""

    code = "VOLUNTEER_POINTS_ALREADY_MEMBER"
    message = "This volunteer is a member of the team already."


# Orders


class OrderNotReady(VolunteerPointsError):
    """Raise when an order is not in the state that a step needs."""

    code = "VOLUNTEER_POINTS_ORDER_NOT_READY"
    message = "The order is {state}: this step is not possible now."


class OfferNotOpen(VolunteerPointsError):
    """Raise when a team answers an offer that it does not have."""

    code = "VOLUNTEER_POINTS_OFFER_NOT_OPEN"
    message = "There is no open offer of this order to this team: look at the order again."


class AlreadyOffered(VolunteerPointsError):
    """Raise when an order is offered to a team again."""

    code = "VOLUNTEER_POINTS_ALREADY_OFFERED"
    message = "This order was offered to this team before: choose another team."


class NothingToConfirm(VolunteerPointsError):
    """Raise when the recipient confirms an order for which no hours are reported."""

    code = "VOLUNTEER_POINTS_NOTHING_TO_CONFIRM"
    message = "No hours of this order await your confirmation."


class OrderOver(VolunteerPointsError):
    """Raise when the time at which an order needs help has passed."""

    code = "VOLUNTEER_POINTS_ORDER_OVER"
    message = "The time of this order is over: ask for a new one to be placed."


class OrderFull(VolunteerPointsError):
    """Raise when an order has as many claims as it needs."""

    code = "VOLUNTEER_POINTS_ORDER_FULL"
    message = "The order has all {needed} volunteers it needs: choose another order."


class AlreadyClaimed(VolunteerPointsError):
    """Raise when a volunteer claims an order twice."""

    code = "VOLUNTEER_POINTS_ALREADY_CLAIMED"
    message = "This volunteer has claimed the order already."


class ClaimMissing(VolunteerPointsError):
    """Raise when a step needs a claim that the volunteer does not have."""

    code = "VOLUNTEER_POINTS_CLAIM_MISSING"
    message = "You have not claimed this order: claim it first."


# Activities


class PeriodInvalid(VolunteerPointsError):
    """Raise when a period ends before it starts, lasts too long, or lies on the wrong side of the present."""

    code = "VOLUNTEER_POINTS_PERIOD_INVALID"
    message = (
        "The period must end after it starts and last {hours} hours at most; plan what lies ahead and report "
        "what is over."
    )


class ActivityNotReady(VolunteerPointsError):
    """Raise when an activity is not in the state that a step needs."""

    code = "VOLUNTEER_POINTS_ACTIVITY_NOT_READY"
    message = "The activity is {state}: this step is not possible now."


class ShiftFull(VolunteerPointsError):
    """Raise when a shift has no free place."""

    code = "VOLUNTEER_POINTS_SHIFT_FULL"
    message = "The shift is full ({capacity} places): choose another shift."


class ShiftOverlaps(VolunteerPointsError):
    """Raise when a volunteer would serve in two places at once."""

    code = "VOLUNTEER_POINTS_SHIFT_OVERLAPS"
    message = "This overlaps with another service of the same volunteer: cancel that one first."


class DailyCapReached(VolunteerPointsError):
    """Raise, or warn, when more hours are planned or served on one day than may count."""

    code = "VOLUNTEER_POINTS_DAILY_CAP_REACHED"
    message = "At most {hours} hours of service count on one day."


class ShiftOver(VolunteerPointsError):
    """Raise when a volunteer signs up for a shift that has ended."""

    code = "VOLUNTEER_POINTS_SHIFT_OVER"
    message = "The shift is over: choose another shift."


class AlreadySignedUp(VolunteerPointsError):
    """Raise when a volunteer signs up for a shift twice."""

    code = "VOLUNTEER_POINTS_ALREADY_SIGNED_UP"
    message = "This volunteer has signed up for the shift already."


class SignupNotReady(VolunteerPointsError):
    """Raise when a sign-up is not in the state that a step needs."""

    code = "VOLUNTEER_POINTS_SIGNUP_NOT_READY"
    message = "The sign-up is {state}: this step is not possible now."


class CheckInCodeWrong(VolunteerPointsError):
    """Raise when the code typed at the place is not the shift's."""

    code = "VOLUNTEER_POINTS_CHECK_IN_CODE_WRONG"
    message = "This is not the code of the shift: read it from the notice at the place."


class CheckInClosed(VolunteerPointsError):
    """Raise when a volunteer checks in too early or after the shift."""

    code = "VOLUNTEER_POINTS_CHECK_IN_CLOSED"
    message = "Check-in opens {minutes} minutes before the shift starts and closes when it ends."


# Records


class RecordNotReady(VolunteerPointsError):
    """Raise when a service record is not in the state that a step needs."""

    code = "VOLUNTEER_POINTS_RECORD_NOT_READY"
    message = "The service record is {state}: this step is not possible now."


class AlreadyRecorded(VolunteerPointsError):
    """Raise when the hours of one claim are reported twice."""

    code = "VOLUNTEER_POINTS_ALREADY_RECORDED"
    message = "The hours of this claim are recorded already."


class AlreadyConfirmed(VolunteerPointsError):
    """Raise when one side confirms twice."""

    code = "VOLUNTEER_POINTS_ALREADY_CONFIRMED"
    message = "Your side has confirmed this record already: the other side is awaited."


class OwnRecord(VolunteerPointsError):
    """Raise when a volunteer would confirm or void their own hours for the organiser."""

    code = "VOLUNTEER_POINTS_OWN_RECORD"
    message = "Nobody decides on their own hours for the organiser: ask a colleague."


class ServiceClassUnknown(VolunteerPointsError):
    """Raise when a class or circumstance of service is not in the district's settings."""

    code = "VOLUNTEER_POINTS_SERVICE_CLASS_UNKNOWN"
    message = "The district has no class or circumstance of service named {key}: use one of its settings."


# Points and rewards


class NotEnoughPoints(VolunteerPointsError):
    """Raise when a redemption costs more than the volunteer has to spend."""

    code = "VOLUNTEER_POINTS_NOT_ENOUGH_POINTS"
    message = "This needs {needed} points and {available} can be spent: choose something else."


class RewardNotOffered(VolunteerPointsError):
    """Raise when a reward is a draft or has ended."""

    code = "VOLUNTEER_POINTS_REWARD_NOT_OFFERED"
    message = "This reward is not offered now: choose another one."


class OutOfStock(VolunteerPointsError):
    """Raise when the last item of a reward has gone."""

    code = "VOLUNTEER_POINTS_OUT_OF_STOCK"
    message = "Nothing of this reward is left: choose another one."


class DailyLimitReached(VolunteerPointsError):
    """Raise when today's share of a reward has gone."""

    code = "VOLUNTEER_POINTS_DAILY_LIMIT_REACHED"
    message = "Today's {limit} of this reward have gone: come back tomorrow."


class RewardValueMissing(VolunteerPointsError):
    """Raise when a reward does not say what its kind needs, such as an amount or a number of hours."""

    code = "VOLUNTEER_POINTS_REWARD_VALUE_MISSING"
    message = "A reward of this kind needs exactly: {needed}."


class SponsorshipMissing(VolunteerPointsError):
    """Raise when a property-fee credit has no signed sponsorship in force."""

    code = "VOLUNTEER_POINTS_SPONSORSHIP_MISSING"
    message = "A property-fee credit needs the firm's signed sponsorship in force: record it first."


class BillMissing(VolunteerPointsError):
    """Raise when a property-fee credit is confirmed without knowing the bill."""

    code = "VOLUNTEER_POINTS_BILL_MISSING"
    message = "Give the amount of the open property-fee bill."


class CreditAboveBill(VolunteerPointsError):
    """Raise when a property-fee credit would be more than the bill."""

    code = "VOLUNTEER_POINTS_CREDIT_ABOVE_BILL"
    message = "The credit is higher than the open bill: choose a smaller credit."


class RedemptionNotReserved(VolunteerPointsError):
    """Raise when a redemption was confirmed or released before."""

    code = "VOLUNTEER_POINTS_REDEMPTION_NOT_RESERVED"
    message = "The redemption is {state} already: nothing is left to do."


class RedemptionLapsed(VolunteerPointsError):
    """Raise when a reservation is confirmed after its last day."""

    code = "VOLUNTEER_POINTS_REDEMPTION_LAPSED"
    message = "The reservation has lapsed: release it and redeem again."
