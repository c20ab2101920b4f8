/**
 * The input properties whose change makes a new resource, by type: ForceNew and RequiresReplace of
 * terraform-provider-aws. A change of any other is made in place.
 */
export const replacements: Readonly<Record<string, readonly string[]>> = {
  "aws:s3/bucket:Bucket": ["bucket", "bucketPrefix", "objectLockEnabled"],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ["bucket"],
  "aws:s3/bucketPolicy:BucketPolicy": ["bucket"],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    "bucket",
    "expectedBucketOwner",
  ],
  "aws:s3/bucketObjectv2:BucketObjectv2": ["bucket", "key"],
  "aws:iam/role:Role": ["name", "namePrefix", "path"],
  "aws:iam/rolePolicy:RolePolicy": ["name", "namePrefix", "role"],
  "aws:ebs/snapshotImport:SnapshotImport": [
    "clientData",
    "description",
    "diskContainer",
    "encrypted",
    "kmsKeyId",
    "roleName",
  ],
  "aws:ebs/volume:Volume": [
    "availabilityZone",
    "encrypted",
    "kmsKeyId",
    "multiAttachEnabled",
    "outpostArn",
    "snapshotId",
  ],
  "aws:ec2/ami:Ami": [
    "name",
    "architecture",
    "bootMode",
    "ebsBlockDevices",
    "ephemeralBlockDevices",
    "enaSupport",
    "imageLocation",
    "imdsSupport",
    "kernelId",
    "ramdiskId",
    "rootDeviceName",
    "sriovNetSupport",
    "tpmSupport",
    "uefiData",
    "virtualizationType",
  ],
  "aws:ec2/instance:Instance": [
    "ami",
    "availabilityZone",
    "associatePublicIpAddress",
    "keyName",
    "subnetId",
    "privateIp",
    "ebsBlockDevices",
    "rootBlockDevice.encrypted",
    "rootBlockDevice.kmsKeyId",
  ],
  "aws:ec2/keyPair:KeyPair": ["keyName", "keyNamePrefix", "publicKey"],
  "aws:ec2/securityGroup:SecurityGroup": ["name", "namePrefix", "description", "vpcId"],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["securityGroupId"],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ["securityGroupId"],
  "aws:ec2/eip:Eip": ["domain"],
  "aws:ec2/eipAssociation:EipAssociation": ["instanceId", "allocationId", "publicIp"],
  "aws:ec2/volumeAttachment:VolumeAttachment": ["deviceName", "instanceId", "volumeId"],
};

/** Whether a change at the property path makes a new resource. */
export function replaces(type: string, path: string): boolean {
  return (replacements[type] ?? []).some(
    (property) =>
      path === property || path.startsWith(`${property}.`) || path.startsWith(`${property}[`),
  );
}
