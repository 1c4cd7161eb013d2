"""`show ip sla history` and `show ip sla application`: what operations have measured, and how many there are."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.sla.config import SlaSettings
from iosim.ios.features.sla.engine import Sla
from iosim.ios.features.sla.moment import moment
from iosim.ios.features.sla.operation import SENSES, Operation, address_of
from iosim.ios.registry import handler
from iosim.ios.session import Session

MAXIMUM, LOW_WATER = 22645, 30919230
"""How many entries a router with this much memory would have room for, and at how many bytes it would stop."""

_HEADING = """\
        Point by point History
Entry    = Entry number
LifeI    = Life index
BucketI  = Bucket index
SampleI  = Sample index
SampleT  = Sample start time (milliseconds)
CompT    = RTT (milliseconds)
Sense    = Response return code

Entry LifeI      BucketI    SampleI    SampleT    CompT      Sense      TargetAddr
"""


@handler("show_ip_sla_history")
def show_ip_sla_history(session: Session, statement: Statement) -> str:
    """`show ip sla history [N]`, in the form of the command reference."""
    wanted, operations = statement.get("number"), session.router[Sla].operations
    rows = [_rows(session, operations[number]) for number in sorted(operations) if wanted in (None, number)]
    return _HEADING + "".join(rows)


def _rows(session: Session, operation: Operation) -> str:
    target = address_of(session.router, operation.probe.host)
    address = "" if target is None else format_address(target)
    text = ""
    for bucket, (life, number, start, outcome) in enumerate(operation.history, 1):
        fields = (life, bucket, number, start // 1000, outcome.rtt or 0, SENSES[outcome.code])
        text += f"{operation.probe.number:<6}{''.join(f'{field:<11}' for field in fields)}{address}\n"
    return text


@handler("show_ip_sla_application")
def show_ip_sla_application(session: Session, statement: Statement) -> str:
    """`show ip sla application`, in the form of captures; the operations are those that work here."""
    router = session.router
    configured = router.config[SlaSettings].operations
    states = [router[Sla].operations[n].state if n in router[Sla].operations else "pending" for n in configured]
    counted = [(f"{state} Entries", states.count(state)) for state in ("active", "pending", "inactive")]
    return (
        "        IP Service Level Agreements\n"
        "Version: Round Trip Time MIB 2.2.0, Infrastructure Engine-III\n\n"
        "Supported Operation Types:\n        icmpEcho, tcpConnect, udpJitter\n\n"
        "Supported Features:\n        IPSLAs Event Publisher\n\n"
        f"IP SLAs low memory water mark: {LOW_WATER}\nEstimated system max number of entries: {MAXIMUM}\n\n"
        f"Estimated number of configurable operations: {MAXIMUM - len(configured)}\n"
        f"Number of Entries configured  : {len(configured)}\n"
        + "".join(f"Number of {name:<20}: {count}\n" for name, count in counted)
        + f"Time of last change in whole IP SLAs: {moment(router, router[Sla].changed_at, milliseconds=True)}\n"
    )
