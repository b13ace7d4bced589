"""The fake SIP backend: the trainer's instrument, and every test's trunk."""

from dialconsole.telephony.fake.backend import FakeBackend
from dialconsole.telephony.fake.network import FakeNetwork
from dialconsole.telephony.fake.scenario import Scenario, load_scenario, scenarios

__all__ = ["FakeBackend", "FakeNetwork", "Scenario", "load_scenario", "scenarios"]
