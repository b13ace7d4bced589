"""Configurations of the servers, for one machine's loopback alone. JSON is YAML, so it is written as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from kit.livekit.ports import LOOPBACK, free_port, free_ports

SIP_MEDIA_PORTS: Final = 400

KEY: Final = "devkey"
SECRET: Final = "a secret for servers that only this machine can reach"
WRONG_SECRET: Final = "another secret, of which those servers know nothing at all"


class Ports(Struct, frozen=True):
    """Where each server listens."""

    redis: int
    server: int
    server_tcp: int
    server_udp: int
    sip: int
    sip_media: int
    sip_health: int
    agent: int

    @classmethod
    def choose(cls) -> Ports:
        media = free_ports(SIP_MEDIA_PORTS)
        return cls(sip_media=media, **{name: free_port() for name in cls.__struct_fields__ if name != "sip_media"})


def server_config(ports: Ports, webhooks: Sequence[str] = ()) -> dict[str, Any]:
    """livekit-server. Without a STUN server of its own, participants are told to ask public ones."""
    config: dict[str, Any] = {
        "port": ports.server,
        "bind_addresses": [LOOPBACK],
        "redis": {"address": f"{LOOPBACK}:{ports.redis}"},
        "keys": {KEY: SECRET},
        "rtc": {
            "tcp_port": ports.server_tcp,
            "udp_port": ports.server_udp,
            "use_external_ip": False,
            "node_ip": LOOPBACK,
            "enable_loopback_candidate": True,
            "ips": {"includes": [f"{LOOPBACK}/32"]},
            "stun_servers": [f"{LOOPBACK}:3478"],
        },
    }
    if webhooks:
        config["webhook"] = {"api_key": KEY, "urls": list(webhooks)}
    return config


def sip_config(ports: Ports) -> dict[str, Any]:
    """livekit-sip. It must take calls however busy the machine is, and give each one's media port back at once."""
    return {
        "api_key": KEY,
        "api_secret": SECRET,
        "ws_url": f"ws://{LOOPBACK}:{ports.server}",
        "redis": {"address": f"{LOOPBACK}:{ports.redis}"},
        "sip_port": ports.sip,
        "listen_ip": LOOPBACK,
        # Looking for its own address skips loopback.
        "nat_1_to_1_ip": LOOPBACK,
        "use_external_ip": False,
        "rtp_port": f"{ports.sip_media}-{ports.sip_media + SIP_MEDIA_PORTS - 1}",
        "health_port": ports.sip_health,
        "max_cpu_utilization": 1.0,
        "rtp_draining_idle_timeout": "-1s",
        "rtp_draining_duration": "-1s",
        "logging": {"level": "info"},
    }


def write_config(path: Path, config: dict[str, Any]) -> Path:
    path.write_text(json.dumps(config, indent=1), "utf-8")
    return path
