package io.librarymesh.pick;

/** What one pick found. The picked host is the result itself, so that a pick allocates nothing. */
public sealed interface PickResult permits HostState, NoHealthyUpstream {}
