"""What the columns of a list are: the phone number, the name, where the callee is, their consent, and the rest.

Decided once, from the first rows, by the names in the header; by what the cells hold where names do not help; and
before both by what the operator says (``--map phone="Tel. privat"``). Whatever was chosen, and what else might have
been meant, is said in a sentence: a list read by the wrong column calls the wrong people.

Rejected: scoring every column by name and content together. Nobody can predict or explain its choice; an order of
names can be written down (docs/lists.md).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum

from msgspec import Struct

from dialconsole.lists.fault import quoted
from dialconsole.lists.header import squeeze as squeeze  # others ask for it here
from dialconsole.lists.header import words_of
from dialconsole.lists.watched import speaks_of
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text


class ColumnRole(StrEnum):
    PHONE = "phone"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    TIMEZONE = "timezone"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    ZIP = "zip"
    STATE = "state"
    COUNTRY = "country"
    DO_NOT_CALL = "do_not_call"
    """Of this role there may be several columns; each may say no. See ``Layout.stops``."""
    CONSENT = "consent"
    CONSENT_DATE = "consent_date"
    CONSENT_SOURCE = "consent_source"
    LAST_PURCHASE = "last_purchase"
    LAST_INQUIRY = "last_inquiry"
    LINE_TYPE = "line_type"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NAMES: dict[ColumnRole, tuple[str, ...]] = {
    ColumnRole.PHONE: _words(
        "phone phonenumber phoneno phonenr mobile mobilephone mobilenumber mobileno cell cellphone cellnumber "
        "cellphonenumber contactnumber contactphone contactno primaryphone homephone workphone daytimephone telephone "
        "telephonenumber telephoneno tel telno telnumber telefon telefono teléfono téléphone handy handynummer "
        "rufnummer telefonnummer móvil movil portable celular whatsapp msisdn e164 did number num"
    ),
    ColumnRole.NAME: _words(
        "name fullname contactname customername clientname patientname displayname customer client patient contact "
        "nombre nombrecompleto nom"
    ),
    ColumnRole.FIRST_NAME: _words("firstname first givenname forename vorname prénom prenom fname"),
    ColumnRole.LAST_NAME: _words("lastname last surname familyname nachname apellido apellidos nomdefamille lname"),
    ColumnRole.TIMEZONE: _words("timezone timezonename ianatimezone tz tzname tzid zeitzone"),
    ColumnRole.LATITUDE: _words("latitude lat"),
    ColumnRole.LONGITUDE: _words("longitude lon lng long"),
    ColumnRole.ZIP: _words(
        "zip zipcode zip5 postalcode postcode postal zippostal zippostalcode postalzip homezip mailingzip "
        "mailingpostalcode mailingzippostalcode plz postleitzahl codepostal códigopostal codigopostal"
    ),
    ColumnRole.STATE: _words(
        "state statecode stateprovince stateorprovince province provincecode usstate homestate mailingstate "
        "mailingstateprovince stateregion provincia estado"
    ),
    ColumnRole.CONSENT: _words(
        "consent consenttype consentbasis consentstatus consentlevel consentgiven callconsent phoneconsent "
        "tcpaconsent tcpa optin optintype optinstatus permission permissiontocall einwilligung consentimiento "
        "marketingconsent consentmarketing telemarketingconsent consenttocall consenttocontact contactconsent "
        "voiceconsent hasconsent consented writtenconsent expressconsent expresswrittenconsent pewc tcpaoptin "
        "phoneoptin calloptin voiceoptin marketingoptin optedin marketingpermission contactpermission callpermission "
        "phonepermission permissiontocontact oktocall okaytocall maycall maywecall acceptsmarketing"
    ),
    ColumnRole.DO_NOT_CALL: _words(
        "donotcall donotcallflag donotcallstatus dontcall dnc dncflag dncstatus dnclist ondnc isdnc ondnclist dncdate "
        "internaldnc companydnc federaldnc nationaldnc statednc dncregistry donotcalldate donotcontact donotphone "
        "donotdial donotcallphone donotcallmobile dnd donotdisturb optout optoutflag optoutstatus optoutdate optedout "
        "optedoutat optedouton optedoutdate hasoptedout phoneoptout calloptout callsoptout voiceoptout marketingoptout "
        "tcpaoptout unsubscribe unsubscribed unsubscribedat unsubscribeddate suppress suppressed suppression nocall "
        "nocalls nocontact stop stopcalls blacklist blacklisted blocklist blocklisted consentrevoked revoked revokedat"
    ),
    ColumnRole.COUNTRY: _words(
        "country countrycode countryname countryiso isocountry isocountrycode countryregion countryorregion "
        "mailingcountry mailingcountrycode homecountry billingcountry addresscountry residencecountry "
        "countryofresidence ctry cntry pais país pays"
    ),
    ColumnRole.CONSENT_DATE: _words(
        "consentdate consentedon consentedat consentat consenttime consenttimestamp dateofconsent consentdatetime "
        "optindate optinat optintime optintimestamp optedinat optedinon permissiondate"
    ),
    ColumnRole.CONSENT_SOURCE: _words(
        "consentsource sourceofconsent consentmethod consentchannel consentproof optinsource optinmethod optinchannel "
        "permissionsource"
    ),
    ColumnRole.LAST_PURCHASE: _words(
        "lastpurchase lastpurchasedate lastpurchasedat lastpurchasedon dateoflastpurchase purchasedate lastorderdate "
        "lastsaledate lasttransactiondate"
    ),
    ColumnRole.LAST_INQUIRY: _words(
        "lastinquiry lastinquirydate lastinquiredat dateoflastinquiry inquirydate lastenquiry lastenquirydate "
        "dateoflastenquiry enquirydate"
    ),
    ColumnRole.LINE_TYPE: _words(
        "linetype phonelinetype phonetype numbertype phonenumbertype telephonetype linekind phonekind"
    ),
}
"""Header names squeezed to their letters and digits, lower case, the better ones first."""

_VAGUE = _words("number num did portable")
"""Known names that many other columns have as well."""

_VAGUE_STATES = _words("region st")
"""May be a state, or a sales region and a street: only a column of abbreviations is taken for one."""

_ABBREVIATION = re.compile(r"\s*(?:[A-Za-z]{2}\.?|[A-Z]{3})\s*")

_HELD = frozenset(ColumnRole) - {
    ColumnRole.FIRST_NAME,
    ColumnRole.LAST_NAME,
    ColumnRole.ZIP,
    ColumnRole.STATE,
    ColumnRole.COUNTRY,
    ColumnRole.LINE_TYPE,
}
"""Roles whose cells the contact keeps itself. First and last name it has joined, and of an address it keeps only what
it means; agents greet by first name and confirm addresses, so those cells go to them as well. A kind of line may be
more than ours ("work"), so it does too."""

_PHONE_WORDS = {*_words("phone mobile cell cellphone telephone tel telefon telefono teléfono handy msisdn")}
_OTHER_WORDS = {
    *_words("fax type kind carrier operator status valid ext extension country code date time notes source"),
}
"""With one of these in it ("phone type", "tel. ext"), a name speaks of a number and is none."""


class Header(Struct, frozen=True):
    """The columns' names as shown, and the line the first row stands on or after."""

    names: tuple[str, ...]
    data_from: int


class Layout(Struct, frozen=True):
    """Indexes of the columns, from 0."""

    names: tuple[str, ...]
    data_from: int
    """Line before which there are no rows: header, title lines, ``sep=``."""
    roles: dict[ColumnRole, int]
    notes: tuple[str, ...] = ()
    stops: tuple[int, ...] = ()
    """Every column that may say that its row is not to be called."""
    unclear: tuple[str, ...] = ()
    """Names of columns that may say so too, or speak of consent or a country, and that nobody understands
    (``watched``). Such a list may be looked at and not imported."""

    @property
    def phone(self) -> int:
        return self.roles[ColumnRole.PHONE]

    @property
    def variables(self) -> tuple[tuple[int, str], ...]:
        """Every column that the contact itself does not hold."""
        held = {i for role, i in self.roles.items() if role in _HELD} | set(self.stops)
        return tuple((i, name) for i, name in enumerate(self.names) if i not in held)


def names_a_phone(cell: str) -> bool:
    """Whether a cell is one of the known header names of a phone column."""
    return squeeze(cell) in _NAMES[ColumnRole.PHONE]


def is_vague(name: str) -> bool:
    return squeeze(name) in _VAGUE


def may_be_states(name: str) -> bool:
    """Whether a column of this name is the state column if its cells look like states."""
    return squeeze(name) in _VAGUE_STATES


def is_abbreviation(cell: str) -> bool:
    """Whether a cell has the form of a state's abbreviation: two letters, or three capitals as in Australia."""
    return _ABBREVIATION.fullmatch(cell) is not None


def phone_candidates(names: Sequence[str]) -> list[int]:
    """Columns whose names speak of a phone number, the best first: known names in their order, then by a word."""
    squeezed = [squeeze(name) for name in names]
    known = [i for wanted in _NAMES[ColumnRole.PHONE] for i, name in enumerate(squeezed) if name == wanted]
    by_word = [i for i, name in enumerate(names) if i not in known and _speaks_of_a_phone(name)]
    return known + by_word


def _speaks_of_a_phone(name: str) -> bool:
    words = words_of(name)
    return bool(words & _PHONE_WORDS) and not words & _OTHER_WORDS and not speaks_of(name)


def other_roles(names: Sequence[str], taken: Mapping[ColumnRole, int]) -> dict[ColumnRole, int]:
    """Roles besides the phone that header names give, added to those already ``taken``."""
    roles = dict(taken)
    squeezed = [squeeze(name) for name in names]
    for role, wanted in _NAMES.items():
        if role in roles or role is ColumnRole.PHONE:
            continue
        free = (squeezed.index(name) for name in wanted if name in squeezed)
        found = next((i for i in free if i not in roles.values()), None)
        if found is not None:
            roles[role] = found
    if (ColumnRole.LATITUDE in roles) != (ColumnRole.LONGITUDE in roles):
        for role in (ColumnRole.LATITUDE, ColumnRole.LONGITUDE):
            roles.pop(role, None)
    return roles


def stop_columns(names: Sequence[str], roles: Mapping[ColumnRole, int]) -> tuple[int, ...]:
    """All do-not-call columns: the one that has the role, and others that are known by name and have no role."""
    known = _NAMES[ColumnRole.DO_NOT_CALL]
    others = {i for i, name in enumerate(names) if squeeze(name) in known and i not in roles.values()}
    mapped = {roles[ColumnRole.DO_NOT_CALL]} if ColumnRole.DO_NOT_CALL in roles else set()
    return tuple(sorted(others | mapped))


def column_places(names: Sequence[str], columns: Collection[str]) -> frozenset[int]:
    """Where these columns are. Raises ``Problem`` naming what there is and what is nearest."""
    return frozenset(_place_of(column, names) for column in columns)


def mapped_roles(names: Sequence[str], columns: Mapping[str, str]) -> dict[ColumnRole, int]:
    """The operator's own mapping, role to column name. Raises ``Problem`` naming what there is and what is nearest."""
    return {parse_role(role): _place_of(column, names) for role, column in columns.items()}


def _place_of(column: str, names: Sequence[str]) -> int:
    if column in names:
        return list(names).index(column)
    squeezed = [squeeze(name) for name in names]
    if squeeze(column) not in squeezed:
        raise Problem(_no_such_column(column, names), code="unknown_column")
    return squeezed.index(squeeze(column))


def parse_role(name: str) -> ColumnRole:
    try:
        return ColumnRole(name.strip().lower().replace(" ", "_").replace("-", "_"))
    except ValueError as error:
        known = ", ".join(ColumnRole)
        raise Problem(
            f"{quoted(name)} is nothing a column can be mapped to. Known: {known}.", code="bad_map"
        ) from error


def _no_such_column(column: str, names: Sequence[str]) -> str:
    near = get_close_matches(column.casefold(), [name.casefold() for name in names], n=1)
    hint = next((f" Did you mean {quoted(name)}?" for name in names if near and name.casefold() == near[0]), "")
    return f"The list has no column {quoted(column)}.{hint} Its columns are: {listed(names)}."


def listed(names: Sequence[str], limit: int = 12) -> str:
    """Column names in a sentence."""
    shown = ", ".join(quoted(name) for name in names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def cell_at(cells: Sequence[str], column: int) -> str:
    """A cell as safe text; empty if the list (``column`` is -1) or the row has no such column."""
    return safe_text(cells[column]) if 0 <= column < len(cells) else ""


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Header cells as keys of ``Contact.variables``: safe, never empty, never twice."""
    names: list[str] = []
    used: set[str] = set()
    for position, cell in enumerate(cells, start=1):
        base = safe_text(cell) or f"column {position}"
        name, copy = base, 2
        while name in used:
            name, copy = f"{base} ({copy})", copy + 1
        used.add(name)
        names.append(name)
    return tuple(names)
