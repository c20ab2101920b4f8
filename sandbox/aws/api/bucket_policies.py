"""Bucket policies with their conditions, which moto passes over."""

import json
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from . import policy

# Loopback stands in for TLS: nobody listens there.
CONTEXT = {"aws:SecureTransport": "true"}


def get_permission(self: FakeBucket, action: str, resource: str) -> Any:
    if self.policy is None:
        return PermissionResult.NEUTRAL
    document = json.loads(self.policy.decode())
    if policy.is_denied([document], action, resource, CONTEXT):
        return PermissionResult.DENIED
    if policy.is_allowed([document], action, resource, CONTEXT):
        return PermissionResult.PERMITTED
    return PermissionResult.NEUTRAL


def install() -> None:
    FakeBucket.get_permission = get_permission  # type: ignore[method-assign]
