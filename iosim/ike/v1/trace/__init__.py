"""What the engine does, step by step, for `debug crypto isakmp`: fields, never text.

Nothing of this is made while nobody listens. `conn_id` is 0 until a phase-1 SA has keys, as IOS counts. A new step is a
class in a room here, with its name in the room's `Step`; its words are in the room of the same name in
`iosim/ios/features/isakmp/words/`.
"""

from __future__ import annotations

from iosim.ike.v1.trace import certificates, identities, notices, offers, packets, payloads, sas

Trace = sas.Step | packets.Step | payloads.Step | offers.Step | identities.Step | certificates.Step | notices.Step
"""A step of the SA with this connection id."""
