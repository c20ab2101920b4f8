"""AMIs keep all that they are registered with; moto's keep their name alone."""

import shutil
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami, AmiBackend
from moto.ec2.models.elastic_block_store import EBSBackend, Snapshot
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_ami_id, random_snapshot_id

from . import home

FIELDS = {
    "Architecture": ("architecture", "i386"),
    "VirtualizationType": ("virtualization_type", "paravirtual"),
    "BootMode": ("boot_mode", None),
    "EnaSupport": ("ena_support", False),
    "SriovNetSupport": ("sriov_net_support", None),
    "ImdsSupport": ("imds_support", None),
    "TpmSupport": ("tpm_support", None),
    "RootDeviceName": ("root_device_name", "/dev/sda1"),
}


class RegisteredAmi(Ami):
    """An AMI of the account's own snapshots."""

    def __init__(self, backend: Any, **given: Any) -> None:
        # Without moto's own constructor, which makes a snapshot that nobody asked for.
        self.ec2_backend = backend
        self.id = random_ami_id()
        self.state = "available"
        self.image_type = "machine"
        self.hypervisor = "xen"
        self.owner_id = backend.account_id
        self.owner_alias = None
        self.image_location = f"{backend.account_id}/{given['name']}"
        self.kernel_id = None
        self.platform = None
        self.platform_details = "Linux/UNIX"
        self.root_device_type = "ebs"
        self.creation_date = utcnow()
        self.product_codes = set()
        self.launch_permissions = []
        self.instance_id = None
        self.deprecation_time = None
        self.sriov = "simple"
        for name, value in given.items():
            setattr(self, name if name != "block_device_mappings" else "_mappings", value)

    @property
    def block_device_mappings(self) -> list[dict[str, Any]]:
        return self._mappings  # type: ignore[no-any-return, attr-defined]


def register_image(self: EC2Response) -> ActionResult:
    self.error_on_dryrun()
    backend = self.ec2_backend
    name = self._get_param("Name")
    if any(
        image.name == name and image.owner_id == backend.account_id
        for image in backend.amis.values()
    ):
        owner = next(image.id for image in backend.amis.values() if image.name == name)
        message = f"AMI name {name} is already in use by AMI {owner}"
        raise EC2ClientError("InvalidAMIName.Duplicate", message)
    given = {field: self._get_param(param, default) for param, (field, default) in FIELDS.items()}
    image = RegisteredAmi(
        backend,
        name=name,
        description=self._get_param("Description"),
        block_device_mappings=[
            _mapping(backend, one) for one in self._get_param("BlockDeviceMappings", [])
        ],
        **given,
    )
    image.add_tags(self._parse_tag_specification().get("image", {}))
    backend.amis[image.id] = image
    return ActionResult({"ImageId": image.id})


def _mapping(backend: Any, given: dict[str, Any]) -> dict[str, Any]:
    ebs = dict(given.get("Ebs", {}))
    snapshot = backend.snapshots.get(ebs.get("SnapshotId"))
    if snapshot is None:
        message = f"The snapshot '{ebs.get('SnapshotId')}' does not exist."
        raise EC2ClientError("InvalidSnapshot.NotFound", message)
    if "Encrypted" in ebs:
        message = "The parameter encrypted cannot be specified together with a snapshot ID"
        raise EC2ClientError("InvalidParameterCombination", message)
    ebs.setdefault("VolumeType", "standard")
    ebs.setdefault("VolumeSize", snapshot.volume_size)
    ebs.setdefault("DeleteOnTermination", True)
    ebs["Encrypted"] = snapshot.encrypted
    return {"DeviceName": given["DeviceName"], "Ebs": ebs}


def publish(name: str, owner: str, snapshot_id: str) -> dict[str, str]:
    """Makes another account's public image of a copy of a snapshot, as a catalog has them."""
    backends: list[Any] = [backend for _, _, backend in ec2_backends.iter_backends()]
    backend = next(one for one in backends if snapshot_id in one.snapshots)
    source = backend.snapshots[snapshot_id]
    copy = random_snapshot_id()
    shutil.copyfile(home.snapshot_disk(snapshot_id), home.snapshot_disk(copy))
    backend.snapshots[copy] = Snapshot(backend, copy, source.volume, name, owner_id=owner)
    ebs = {"SnapshotId": copy, "VolumeType": "gp3", "DeleteOnTermination": True}
    ebs |= {"VolumeSize": source.volume_size, "Encrypted": False}
    image = RegisteredAmi(
        backend,
        name=name,
        description=name,
        architecture="x86_64",
        virtualization_type="hvm",
        boot_mode="legacy-bios",
        ena_support=True,
        sriov_net_support="simple",
        imds_support="v2.0",
        tpm_support=None,
        root_device_name="/dev/xvda",
        block_device_mappings=[{"DeviceName": "/dev/xvda", "Ebs": ebs}],
    )
    image.owner_id = owner
    image.launch_permissions = [{"Group": "all"}]
    backend.amis[image.id] = image
    return {"imageId": image.id, "snapshotId": copy}


def _in_use(backend: Any, snapshot_id: str) -> str | None:
    for image in backend.amis.values():
        for mapping in image.block_device_mappings:
            if mapping["Ebs"].get("SnapshotId") == snapshot_id:
                return str(image.id)
    return None


def install() -> None:
    setattr(EC2Response, "register_image", register_image)  # noqa: B010
    delete = EBSBackend.delete_snapshot

    def delete_snapshot(self: Any, snapshot_id: str) -> Any:
        image = _in_use(self, snapshot_id)
        if image is not None:
            message = f"The snapshot {snapshot_id} is currently in use by {image}"
            raise EC2ClientError("InvalidSnapshot.InUse", message)
        return delete(self, snapshot_id)

    EBSBackend.delete_snapshot = delete_snapshot  # type: ignore[method-assign]
    # The account has no images but its own; those of others are published by hand.
    setattr(AmiBackend, "_load_amis", lambda _self: None)  # noqa: B010
