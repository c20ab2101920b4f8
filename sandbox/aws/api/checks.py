"""Refusals of EC2 that moto lacks."""

import base64
import binascii
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_block_store import EBSBackend
from moto.ec2.models.elastic_ip_addresses import ElasticAddressBackend
from moto.ec2.models.instances import InstanceBackend

from . import home

MAX_USER_DATA_BYTES = 16_384


def check_run(backend: Any, image_id: str, user_data: Any, arguments: dict[str, Any]) -> None:
    image = backend.amis.get(image_id)
    if image is None:
        raise EC2ClientError("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")
    key = arguments.get("key_name")
    if key and key not in backend.key_pairs:
        raise EC2ClientError("InvalidKeyPair.NotFound", f"The key pair '{key}' does not exist")
    if user_data and len(_decoded(str(user_data))) > MAX_USER_DATA_BYTES:
        message = f"User data is limited to {MAX_USER_DATA_BYTES} bytes"
        raise EC2ClientError("InvalidParameterValue", message)
    _check_processor(backend, image, str(arguments["instance_type"]))
    for group in arguments.get("security_group_ids") or []:
        if backend.get_security_group_from_id(group) is None:
            message = f"The security group '{group}' does not exist"
            raise EC2ClientError("InvalidGroup.NotFound", message)
    _check_root_volume(backend, image, arguments.get("block_device_mappings") or [])


def _check_processor(backend: Any, image: Any, instance_type: str) -> None:
    offered = backend.describe_instance_types([instance_type])
    supported = offered[0]["ProcessorInfo"]["SupportedArchitectures"]
    if image.architecture not in supported:
        message = (
            f"The architecture '{','.join(supported)}' of the specified instance type does not match "
            f"the architecture '{image.architecture}' of the specified AMI."
        )
        raise EC2ClientError("InvalidParameterValue", message)
    if not getattr(image, "ena_support", False) and not instance_type.startswith(
        ("t1.", "t2.", "m1.")
    ):
        message = (
            f"Enhanced networking with the Elastic Network Adapter (ENA) is required for the "
            f"'{instance_type}' instance type. Ensure that you are using an AMI that is enabled for ENA."
        )
        raise EC2ClientError("InvalidParameterCombination", message)


def _check_root_volume(backend: Any, image: Any, mappings: list[dict[str, Any]]) -> None:
    for mapping in mappings:
        if mapping["DeviceName"] != image.root_device_name:
            continue
        snapshot = backend.snapshots[image.block_device_mappings[0]["Ebs"]["SnapshotId"]]
        size = mapping["Ebs"].get("VolumeSize")
        if size is not None and int(size) < snapshot.volume_size:
            message = (
                f"Volume of size {size}GB is smaller than snapshot '{snapshot.id}', expect size "
                f">= {snapshot.volume_size}GB"
            )
            raise EC2ClientError("InvalidBlockDeviceMapping", message)


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        return data.encode()


def install() -> None:
    run = InstanceBackend.run_instances
    release = ElasticAddressBackend.release_address
    delete = EBSBackend.delete_volume

    def run_instances(
        self: Any, image_id: str, count: int, user_data: Any, names: list[str], **arguments: Any
    ) -> Any:
        check_run(self, image_id, user_data, arguments)
        image = self.amis[image_id]
        if not arguments.get("block_device_mappings"):
            arguments["block_device_mappings"] = image.block_device_mappings
        for mapping in arguments["block_device_mappings"]:
            if mapping["DeviceName"] == image.root_device_name:
                root = image.block_device_mappings[0]["Ebs"]
                mapping["Ebs"] = {**root, **mapping["Ebs"]}
        return run(self, image_id, count, user_data, names, **arguments)

    def release_address(
        self: Any, address: str | None = None, allocation_id: str | None = None
    ) -> None:
        for found in self.addresses:
            if found.allocation_id == allocation_id and found.instance is not None:
                message = f"Address {found.public_ip} is in use."
                raise EC2ClientError("InvalidIPAddress.InUse", message)
        release(self, address, allocation_id)

    def delete_volume(self: Any, volume_id: str) -> Any:
        home.volume_disk(volume_id).unlink(missing_ok=True)
        return delete(self, volume_id)

    setattr(InstanceBackend, "run_instances", run_instances)  # noqa: B010
    setattr(ElasticAddressBackend, "release_address", release_address)  # noqa: B010
    setattr(EBSBackend, "delete_volume", delete_volume)  # noqa: B010
