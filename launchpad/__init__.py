"""Launchpad: one product launch, in four phases, with its community.

The floors; a module imports only from floors below its own (tests/test_floors.py fails on a climb):

    wsgi.py  launchpad.cli  commands  up  showing  supervisor  serve  jobs.worker  jobs.timekeeper    entry points
    launchpad.app                                                                wiring
    launchpad.web                                                                HTTP
    jobs                                                                         queue, schedule, job bodies
    launchpad.services                                                           verbs on rows
    launchpad.models                                                             tables
    launchpad.rules  outside  database  clock  together  turns  config  logs     pure rules; the world; the ground

This package imports nothing by itself.
"""
