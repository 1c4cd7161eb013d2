"""IKE engines, sans-IO: datagrams and the time go in, datagrams, timers and events come out."""
