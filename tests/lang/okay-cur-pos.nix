[ __curPos.line __curPos.column
    __curPos.column ]
