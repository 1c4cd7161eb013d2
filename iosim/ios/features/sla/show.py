"""`show ip sla statistics`, `configuration` and `summary`.

The summary is laid out as a capture of pyATS Genie has it; the others are from memory of IOS 15.
"""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.sla.config import MISSING, Schedule, SlaSettings
from iosim.ios.features.sla.engine import ECHO, JITTER, Sla, configured
from iosim.ios.features.sla.moment import moment
from iosim.ios.features.sla.operation import Operation
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.sim.clock import SECOND

_SUMMARY = """\
IPSLAs Latest Operation Summary
Codes: * active, ^ inactive, ~ pending
All Stats are in milliseconds. Stats with u are in microseconds

ID           Type        Destination       Stats       ReturnCode  LastRun
-----------------------------------------------------------------------
"""
_MARKS = {"active": "*", "inactive": "^", "pending": "~"}


def wanted(session: Session, statement: Statement) -> list[int]:
    """The numbers of the operations that are asked for, in order."""
    number = statement.get("number")
    known = session.router.config[SlaSettings].operations
    return sorted(known) if number is None else [number] if number in known else []


@handler("show_ip_sla_summary")
def show_ip_sla_summary(session: Session, statement: Statement) -> str:
    """`show ip sla summary`"""
    router, text = session.router, _SUMMARY
    for number in wanted(session, statement):
        said = configured(number, router.config[SlaSettings].operations[number])
        if said is None:
            continue
        operation = router[Sla].operations.get(number)
        last = operation.last if operation is not None else None
        stats = f"RTT={last.rtt}" if last is not None and last.rtt is not None else "-"
        code = last.code if last is not None else "Unknown"
        ran = "-" if operation is None or operation.started is None else _ago(router.sim.now - operation.started)
        mark = _MARKS[operation.state if operation is not None else "pending"]
        text += f"{mark}{number:<12}{said[0].kind:<12}{said[0].host:<18}{stats:<12}{code:<11} {ran}\n"
    return text


def _ago(microseconds: int) -> str:
    """`1 second ago`, `2 minutes, 3 seconds ago`"""
    seconds = microseconds // SECOND
    units = [("hour", seconds // 3600), ("minute", seconds // 60 % 60), ("second", seconds % 60)]
    words = [f"{count} {name}{'' if count == 1 else 's'}" for name, count in units if count]
    return f"{', '.join(words) or '0 seconds'} ago"


@handler("show_ip_sla_statistics")
def show_ip_sla_statistics(session: Session, statement: Statement) -> str:
    """`show ip sla statistics [N] [details]`"""
    if statement.get("number") is not None and not wanted(session, statement):
        return MISSING + "\n"
    text = "IPSLAs Latest Operation Statistics\n\n"
    for number in wanted(session, statement):
        operation = session.router[Sla].operations.get(number)
        text += f"IPSLA operation id: {number}\n"
        text += _statistics(session, operation, "details" in statement) if operation is not None else _UNKNOWN
        text += "\n\n\n"
    return text


_UNKNOWN = "        Latest RTT: Unknown\nLatest operation return code: Unknown\nOperation time to live: 0\n"
"""Of an entry without a schedule."""


def _statistics(session: Session, operation: Operation, details: bool) -> str:
    last, router = operation.last, session.router
    no_answer = "Unknown" if last.code == "Unknown" else "NoConnection/Busy/Timeout"
    text = "" if operation.probe.kind == ECHO else f"Type of operation: {operation.probe.kind}\n"
    text += f"        Latest RTT: {no_answer if last.rtt is None else f'{last.rtt} milliseconds'}\n"
    if operation.started is not None:
        text += f"Latest operation start time: {moment(router, operation.started)}\n"
    text += f"Latest operation return code: {last.code}\n"
    if operation.probe.kind == JITTER:
        times = last.rtts or (0,)
        values = f"{min(times)}/{sum(times) // len(times)}/{max(times)}"
        count = f"        Number Of RTT: {len(last.rtts)}"
        text += f"RTT Values:\n{count:<40}RTT Min/Avg/Max: {values} milliseconds\n"
    text += f"Over thresholds occurred: {str(operation.over).upper()}\n" if details else ""
    text += f"Number of successes: {operation.successes}\nNumber of failures: {operation.failures}\n"
    if operation.state == "inactive":
        left = "0"
    elif operation.life is None:
        left = "Forever"
    else:
        ends = operation.ends
        left = f"{operation.life if ends is None else (ends - router.sim.now) // SECOND} sec"
    text += f"Operation time to live: {left}\n"
    if details:
        text += f"Operational state of entry: {operation.state.capitalize()}\nLast time this entry was reset: Never\n"
    return text


@handler("show_ip_sla_configuration")
def show_ip_sla_configuration(session: Session, statement: Statement) -> str:
    """`show ip sla configuration [N]`"""
    if statement.get("number") is not None and not wanted(session, statement):
        return MISSING + "\n"
    text = "IP SLAs Infrastructure Engine-III\n"
    return text + "\n".join(_configuration(session, number) for number in wanted(session, statement))


def _configuration(session: Session, number: int) -> str:
    settings = session.router.config[SlaSettings]
    said = configured(number, settings.operations[number])
    if said is None:
        return f"Entry number: {number}\n"
    probe, more = said
    source = format_address(probe.source or 0) if not isinstance(probe.source, str) else probe.source
    kind = "interface" if isinstance(probe.source, str) else "address"
    size = f"Request size (ARR data portion): {probe.size}\n"
    ports = ""
    if probe.kind != ECHO:
        ports = f"Target port/Source port: {probe.port}/0\n"
    if probe.kind == JITTER:
        size += f"Packet Interval (milliseconds)/Number of packets: {probe.interval}/{probe.packets}\n"
    return (
        f"Entry number: {number}\nOwner: {more.owner or ''}\nTag: {more.tag or ''}\n"
        f"Operation timeout (milliseconds): {probe.timeout}\n"
        f"Type of operation to perform: {probe.kind}\n"
        f"Target address/Source {kind}: {probe.host}/{source}\n"
        f"{ports}Type Of Service parameter: 0x{probe.tos:X}\n{size}"
        "Data pattern: 0xABCDABCD\nVerify data: No\nVrf Name: \n"
        + _schedule_text(session, number, probe.frequency, settings.schedules.get((number,)))
        + f"Threshold (milliseconds): {probe.threshold}\n"
        + _HISTORY
        + f"   Number of history Lives kept: {probe.keep.lives}\n"
        + f"   Number of history Buckets kept: {probe.keep.buckets}\n"
        + f"   History Filter Type: {probe.keep.filter[0].upper() + probe.keep.filter[1:]}\n"
    )


def _schedule_text(session: Session, number: int, frequency: int, schedule: Schedule | None) -> str:
    operation = session.router[Sla].operations.get(number)
    begins = operation.begins if operation is not None else None
    if schedule is None or begins is None:
        start = "Pending trigger"
    elif begins <= session.router.sim.now:
        start = "Start Time already passed"
    else:
        start = moment(session.router, begins)
    life = "3600" if operation is None else "Forever" if operation.life is None else str(operation.life)
    ageout = schedule.ageout if schedule is not None else None
    status = "notInService" if schedule is None else "Active"
    return (
        f"Schedule:\n   Operation frequency (seconds): {frequency}  (not considered if randomly scheduled)\n"
        f"   Next Scheduled Start Time: {start}\n   Group Scheduled : FALSE\n   Randomly Scheduled : FALSE\n"
        f"   Life (seconds): {life}\n   Entry Ageout (seconds): {ageout or 'never'}\n"
        f"   Recurring (Starting Everyday): {str(schedule is not None and schedule.recurring).upper()}\n"
        f"   Status of entry (SNMP RowStatus): {status}\n"
    )


_HISTORY = """\
Distribution Statistics:
   Number of statistic hours kept: 2
   Number of statistic distribution buckets kept: 1
   Statistic distribution interval (milliseconds): 20
Enhanced History:
History Statistics:
"""
"""The defaults; distributions are not kept here."""
