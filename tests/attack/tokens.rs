//! A token goes only to the hosts it belongs to.
