p3="auto"
p4="auto"
