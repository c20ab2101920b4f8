/** Where a data volume is attached; on Nitro instances NixOS links it from its NVMe device. */
export const dataVolumeDevice = "/dev/sdf";
