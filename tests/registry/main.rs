//! Images and what is beside them, tried on registries: Debian's `docker-registry` (which keeps no list of referrers) and
//! `ferro-oci-server` (which does), started on loopback where they are installed, and a fake one that answers badly.

#[cfg(test)]
mod bad;
#[cfg(test)]
mod client;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod promotion;
#[cfg(test)]
mod support;
