"""Several machines: ssh servers by asyncssh stand for hosts, on addresses of this machine or each in a network of its own."""
