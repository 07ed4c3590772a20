"""The words that JSON eligibility answers use for the codes of a 271, as far as the sandbox says them.

A code without a word is a fault of the roster, and is told as a `KeyError`.
"""

from __future__ import annotations

STATUSES = {
    "1": "ACTIVE_COVERAGE",
    "5": "ACTIVE_PENDING_INVESTIGATION",
    "6": "INACTIVE",
    "7": "INACTIVE_PENDING_ELIGIBILITY_UPDATE",
    "8": "INACTIVE_PENDING_INVESTIGATION",
}

# EB01 of everything else: the list that it stands in.
CATEGORIES = {
    "A": "coInsurance",
    "B": "coPayment",
    "C": "deductible",
    "CB": "coverageBasis",
    "D": "benefitDescription",
    "E": "exclusions",
    "F": "limitations",
    "G": "outOfPocket",
    "I": "nonCovered",
    "MC": "managedCareCoordinator",
    "P": "benefitDisclaimer",
    "R": "otherOrAdditionalPayer",
    "U": "contactFollowingEntityForInformation",
}

COVERAGE_LEVELS = {"IND": "INDIVIDUAL", "FAM": "FAMILY"}

INSURANCE_TYPES = {
    "": "",
    "C1": "COMMERCIAL",
    "HM": "HEALTH_MAINTENANCE_ORGANIZATION_HMO",
    "HN": "HEALTH_MAINTENANCE_ORGANIZATION_HMO_MEDICARE_RISK",
    "MA": "MEDICARE_PART_A",
    "MB": "MEDICARE_PART_B",
    "MC": "MEDICAID",
    "PR": "PREFERRED_PROVIDER_ORGANIZATION_PPO",
    "QM": "QUALIFIED_MEDICARE_BENEFICIARY",
}

PERIODS = {
    "": "",
    "7": "DAY",
    "22": "SERVICE_YEAR",
    "23": "CALENDAR_YEAR",
    "24": "YEAR_TO_DATE",
    "27": "VISIT",
    "29": "REMAINING",
    "36": "ADMISSION",
}

QUANTITIES = {"DY": "DAYS", "VS": "VISITS", "99": "QUANTITY_USED"}
NETWORKS = {"Y": "IN_NETWORK", "N": "OUT_OF_NETWORK", "W": "IN_AND_OUT_OF_NETWORK"}
AUTHORIZATIONS = {"": "", "Y": "REQUIRED", "N": "NOT_REQUIRED"}

ROLES = {
    "PR": "PAYER",
    "PRP": "PRIMARY_PAYER",
    "VN": "VENDOR",
    "Y2": "MANAGED_CARE_ORGANIZATION",
}

RELATIONSHIPS = {"01": "SPOUSE", "19": "CHILD", "G8": "OTHER_RELATIONSHIP"}
SEXES = {"": "", "F": "FEMALE", "M": "MALE"}

# DTP01: the member of `dates`, and the sides of it that a single day is.
SPANS = {
    "291": ("plan", ("start", "end")),
    "307": ("eligibility", ("start", "end")),
    "346": ("plan", ("start",)),
    "347": ("plan", ("end",)),
    "348": ("benefit", ("start",)),
    "349": ("benefit", ("end",)),
    "472": ("service", ("start",)),
}

# DTP01 in the older shape.
DATES = {
    "291": "plan",
    "307": "eligibility",
    "346": "planBegin",
    "347": "planEnd",
    "348": "benefitBegin",
    "349": "benefitEnd",
    "472": "service",
}

REJECTIONS = {
    "42": "Unable to Respond at Current Time",
    "51": "Provider Not on File",
    "62": "Date of Service Not Within Allowable Inquiry Period",
    "71": "Patient Birth Date Does Not Match That for the Patient on the Database",
    "75": "Subscriber/Insured Not Found",
}

FOLLOW_UPS = {
    "C": "Please Correct and Resubmit",
    "N": "Resubmission Not Allowed",
    "R": "Resubmission Allowed",
}

LOCATIONS = {
    "2000A": "ENVELOPE",
    "2100A": "PAYER",
    "2100B": "PROVIDER",
    "2100C": "SUBSCRIBER",
    "2100D": "DEPENDENT",
}
