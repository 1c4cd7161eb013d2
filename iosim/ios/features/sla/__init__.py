"""IP service level agreements: operations that probe the network on a schedule, and the responder."""
